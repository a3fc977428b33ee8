#include "CJPEG.h"
#include "CSystemLibraries.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

struct CJPEGDecoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    jmp_buf escape;
    CJPEGComplaints complaints;
    char message[JMSG_LENGTH_MAX];
    char firstWarning[JMSG_LENGTH_MAX];
};

/* --- messages ---------------------------------------------------------------------------------------- */

static CJPEGDecoder *decoder_of(j_common_ptr jpeg) { return (CJPEGDecoder *)jpeg->client_data; }

static void error_exit(j_common_ptr jpeg) {
    CJPEGDecoder *decoder = decoder_of(jpeg);
    jpeg->err->format_message(jpeg, decoder->message);
    longjmp(decoder->escape, 1);
}

static void output_message(j_common_ptr jpeg) { (void)jpeg; }

static bool is_restart(int marker) { return marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7; }

static void note_cut(CJPEGDecoder *decoder) {
    decoder->complaints.cutScan = (uint32_t)decoder->jpeg.input_scan_number;
    decoder->complaints.cutUnitRow = decoder->jpeg.input_iMCU_row;
}

/* Levels below 0 are warnings about corrupt data; the others are traces. */
static void emit_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    CJPEGDecoder *decoder = decoder_of(jpeg);
    if (decoder->complaints.warnings++ == 0) jpeg->err->format_message(jpeg, decoder->firstWarning);
    /* The Huffman decoder met a marker. Only a restart marker lets it find its way again. */
    if (jpeg->err->msg_code == JWRN_HIT_MARKER
        && !(decoder->jpeg.restart_interval != 0 && is_restart(decoder->jpeg.unread_marker)))
        note_cut(decoder);
}

static CJPEGResult failure(const CJPEGDecoder *decoder) {
    int code = decoder->errors.msg_code;
    return code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE ? CJPEG_OUT_OF_MEMORY : CJPEG_FAILED;
}

/* --- bytes in memory --------------------------------------------------------------------------------- */

static void init_source(j_decompress_ptr jpeg) { (void)jpeg; }

/* Past the last byte libjpeg reads an end-of-image marker, again and again if it must. */
static boolean fill_input_buffer(j_decompress_ptr jpeg) {
    static const JOCTET end[] = {0xFF, JPEG_EOI};
    CJPEGDecoder *decoder = decoder_of((j_common_ptr)jpeg);
    if (!decoder->complaints.endOfBytes) {
        decoder->complaints.endOfBytes = true;
        WARNMS(jpeg, JWRN_JPEG_EOF);
    }
    /* The arithmetic decoder goes on with zeros and does not say so. */
    if (jpeg->arith_code && jpeg->input_scan_number > 0
        && decoder->complaints.cutScan != (uint32_t)jpeg->input_scan_number)
        note_cut(decoder);
    jpeg->src->next_input_byte = end;
    jpeg->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void skip_input_data(j_decompress_ptr jpeg, long count) {
    if (count <= 0) return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) {
        fill_input_buffer(jpeg);
    } else {
        jpeg->src->next_input_byte += count;
        jpeg->src->bytes_in_buffer -= (size_t)count;
    }
}

static void term_source(j_decompress_ptr jpeg) { (void)jpeg; }

/* --- steps ------------------------------------------------------------------------------------------- */

CJPEGDecoder *cjpeg_open(const uint8_t *bytes, size_t count, size_t memoryLimit) {
    CJPEGDecoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return NULL;
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = error_exit;
    decoder->errors.emit_message = emit_message;
    decoder->errors.output_message = output_message;
    decoder->jpeg.client_data = decoder;
    if (setjmp(decoder->escape)) {
        cjpeg_close(decoder);
        return NULL;
    }
    jpeg_create_decompress(&decoder->jpeg);
    decoder->jpeg.mem->max_memory_to_use = (long)memoryLimit;
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = init_source,
        .fill_input_buffer = fill_input_buffer,
        .skip_input_data = skip_input_data,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = term_source,
    };
    decoder->jpeg.src = &decoder->source;
    return decoder;
}

void cjpeg_close(CJPEGDecoder *decoder) {
    jpeg_destroy_decompress(&decoder->jpeg);
    free(decoder);
}

CJPEGResult cjpeg_read_header(CJPEGDecoder *decoder, CJPEGFrame *frame) {
    if (setjmp(decoder->escape)) return failure(decoder);
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    jpeg_read_header(jpeg, TRUE);
    bool cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    *frame = (CJPEGFrame){
        .width = jpeg->image_width,
        .height = jpeg->image_height,
        .channels = cmyk ? 4 : 3,
        .progressive = jpeg->progressive_mode,
        .components = (uint32_t)jpeg->num_components,
        .severalScans = jpeg_has_multiple_scans(jpeg),
        .unitRows = (uint32_t)(jpeg->max_v_samp_factor * DCTSIZE),
    };
    return CJPEG_OK;
}

CJPEGResult cjpeg_start(CJPEGDecoder *decoder, bool buffered) {
    if (setjmp(decoder->escape)) return failure(decoder);
    decoder->jpeg.dct_method = JDCT_ISLOW;
    decoder->jpeg.buffered_image = buffered;
    jpeg_start_decompress(&decoder->jpeg);
    return CJPEG_OK;
}

CJPEGResult cjpeg_read_step(CJPEGDecoder *decoder, CJPEGStep *step) {
    if (setjmp(decoder->escape)) return failure(decoder);
    switch (jpeg_consume_input(&decoder->jpeg)) {
    case JPEG_REACHED_SOS: *step = CJPEG_STEP_SCAN_BEGINS; break;
    case JPEG_SCAN_COMPLETED: *step = CJPEG_STEP_SCAN_ENDS; break;
    case JPEG_REACHED_EOI: *step = CJPEG_STEP_IMAGE_ENDS; break;
    default: *step = CJPEG_STEP_ROW; break; /* never suspended: all bytes are in memory */
    }
    return CJPEG_OK;
}

CJPEGResult cjpeg_start_output(CJPEGDecoder *decoder) {
    if (setjmp(decoder->escape)) return failure(decoder);
    jpeg_start_output(&decoder->jpeg, decoder->jpeg.input_scan_number);
    return CJPEG_OK;
}

CJPEGResult cjpeg_read_rows(CJPEGDecoder *decoder, uint8_t *rows, uint32_t count) {
    if (setjmp(decoder->escape)) return failure(decoder);
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    const size_t stride = (size_t)jpeg->output_width * (size_t)jpeg->output_components;
    const JDIMENSION first = jpeg->output_scanline;
    JSAMPROW pointers[16];
    while (jpeg->output_scanline - first < count) {
        JDIMENSION done = jpeg->output_scanline - first, wanted = count - done;
        if (wanted > 16) wanted = 16;
        for (JDIMENSION i = 0; i < wanted; i++) pointers[i] = rows + (done + i) * stride;
        if (jpeg_read_scanlines(jpeg, pointers, wanted) == 0) return CJPEG_FAILED; /* more than there are */
    }
    return CJPEG_OK;
}

CJPEGResult cjpeg_finish(CJPEGDecoder *decoder) {
    if (setjmp(decoder->escape)) return failure(decoder);
    if (decoder->jpeg.buffered_image) jpeg_finish_output(&decoder->jpeg);
    jpeg_finish_decompress(&decoder->jpeg);
    return CJPEG_OK;
}

CJPEGScan cjpeg_scan(const CJPEGDecoder *decoder) {
    const struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    CJPEGScan scan = {
        .number = (uint32_t)jpeg->input_scan_number,
        .firstCoefficient = (uint32_t)jpeg->Ss,
        .lastCoefficient = (uint32_t)jpeg->Se,
        .highBit = (uint32_t)jpeg->Ah,
        .lowBit = (uint32_t)jpeg->Al,
    };
    for (int i = 0; i < jpeg->comps_in_scan; i++) scan.components |= 1u << jpeg->cur_comp_info[i]->component_index;
    return scan;
}

CJPEGComplaints cjpeg_complaints(const CJPEGDecoder *decoder) { return decoder->complaints; }
const char *cjpeg_message(const CJPEGDecoder *decoder) { return decoder->message; }
const char *cjpeg_first_warning(const CJPEGDecoder *decoder) { return decoder->firstWarning; }
