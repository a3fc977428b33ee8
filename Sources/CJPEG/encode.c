#include "CJPEG.h"
#include "CSystemLibraries.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

typedef struct {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr destination;
    jmp_buf escape;
} Encoder;

static void error_exit(j_common_ptr jpeg) { longjmp(((Encoder *)jpeg->client_data)->escape, 1); }
static void output_message(j_common_ptr jpeg) { (void)jpeg; }
static void emit_message(j_common_ptr jpeg, int level) { (void)jpeg, (void)level; }

static void init_destination(j_compress_ptr jpeg) { (void)jpeg; }
static void term_destination(j_compress_ptr jpeg) { (void)jpeg; }
/* Called when the room is used up: there is no more. */
static boolean empty_output_buffer(j_compress_ptr jpeg) {
    jpeg->err->msg_code = JERR_OUT_OF_MEMORY;
    error_exit((j_common_ptr)jpeg);
    return FALSE;
}

static void compress(struct jpeg_compress_struct *jpeg, const uint8_t *rgb, uint32_t width, uint32_t height, int quality) {
    jpeg->image_width = width;
    jpeg->image_height = height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg->optimize_coding = TRUE;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(rgb + (size_t)jpeg->next_scanline * width * 3);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

/* Apart from its caller, so that nothing on this stack frame changes between setjmp and longjmp. */
static CJPEGResult guarded(Encoder *encoder, const uint8_t *rgb, uint32_t width, uint32_t height, int quality) {
    if (setjmp(encoder->escape))
        return encoder->errors.msg_code == JERR_OUT_OF_MEMORY ? CJPEG_OUT_OF_MEMORY : CJPEG_FAILED;
    jpeg_create_compress(&encoder->jpeg);
    encoder->jpeg.dest = &encoder->destination;
    compress(&encoder->jpeg, rgb, width, height, quality);
    return CJPEG_OK;
}

CJPEGResult cjpeg_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, uint8_t *out, size_t capacity, size_t *count) {
    Encoder encoder = {
        .destination = {
            .next_output_byte = out,
            .free_in_buffer = capacity,
            .init_destination = init_destination,
            .empty_output_buffer = empty_output_buffer,
            .term_destination = term_destination,
        },
    };
    encoder.jpeg.err = jpeg_std_error(&encoder.errors);
    encoder.errors.error_exit = error_exit;
    encoder.errors.output_message = output_message;
    encoder.errors.emit_message = emit_message;
    encoder.jpeg.client_data = &encoder;
    CJPEGResult result = guarded(&encoder, rgb, width, height, quality);
    jpeg_destroy_compress(&encoder.jpeg);
    *count = capacity - encoder.destination.free_in_buffer;
    return result;
}
