#ifndef CJPEG_H
#define CJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libjpeg where Swift cannot call it: its errors leave by longjmp, its set-up calls are macros and its
 * messages go to stderr. Each function here is one step of libjpeg behind a setjmp; what to do with the
 * outcome is decided in Swift. Nothing is printed. */

typedef enum {
    CJPEG_OK,
    /* libjpeg gave up; see cjpeg_message. */
    CJPEG_FAILED,
    /* The memory limit of cjpeg_open, or the machine's memory, does not suffice. */
    CJPEG_OUT_OF_MEMORY,
} CJPEGResult;

typedef struct CJPEGDecoder CJPEGDecoder;

/* The picture as its header describes it. */
typedef struct {
    uint32_t width, height;
    /* Bytes a pixel of the decoded rows: 3 (RGB), or 4 (CMYK as stored). */
    uint32_t channels;
    bool progressive;
    uint32_t components;
    /* Progressive, or the components do not all lie in the first scan. */
    bool severalScans;
    /* Rows of pixels that one row of coding units covers. */
    uint32_t unitRows;
} CJPEGFrame;

/* The scan that is being read. `number` counts from 1; `components` has a bit for each. */
typedef struct {
    uint32_t number, components;
    uint32_t firstCoefficient, lastCoefficient, highBit, lowBit;
} CJPEGScan;

/* What libjpeg complained about so far. */
typedef struct {
    uint32_t warnings;
    /* The last scan whose data stopped for good before its end, 0 when none did, and the rows of coding
     * units that were whole before. */
    uint32_t cutScan, cutUnitRow;
    /* Bytes past the last one were asked for. */
    bool endOfBytes;
} CJPEGComplaints;

typedef enum { CJPEG_STEP_ROW, CJPEG_STEP_SCAN_BEGINS, CJPEG_STEP_SCAN_ENDS, CJPEG_STEP_IMAGE_ENDS } CJPEGStep;

/* `bytes` must stay where they are until cjpeg_close. NULL when there is no memory. */
CJPEGDecoder *cjpeg_open(const uint8_t *bytes, size_t count, size_t memoryLimit);
void cjpeg_close(CJPEGDecoder *decoder);

CJPEGResult cjpeg_read_header(CJPEGDecoder *decoder, CJPEGFrame *frame);
/* `buffered`: scans are read by cjpeg_read_step before the first row is asked for. */
CJPEGResult cjpeg_start(CJPEGDecoder *decoder, bool buffered);
CJPEGResult cjpeg_read_step(CJPEGDecoder *decoder, CJPEGStep *step);
CJPEGResult cjpeg_start_output(CJPEGDecoder *decoder);
/* The next `count` rows, one after the other without padding. */
CJPEGResult cjpeg_read_rows(CJPEGDecoder *decoder, uint8_t *rows, uint32_t count);
/* Reads to the end of the image. */
CJPEGResult cjpeg_finish(CJPEGDecoder *decoder);

CJPEGScan cjpeg_scan(const CJPEGDecoder *decoder);
CJPEGComplaints cjpeg_complaints(const CJPEGDecoder *decoder);
/* libjpeg's words for what made it give up, and for its first warning; empty when there was none. */
const char *cjpeg_message(const CJPEGDecoder *decoder);
const char *cjpeg_first_warning(const CJPEGDecoder *decoder);

/* RGB rows without padding to a baseline JPEG in `out`. CJPEG_OUT_OF_MEMORY when `capacity` is too small. */
CJPEGResult cjpeg_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, uint8_t *out, size_t capacity, size_t *count);

#endif
