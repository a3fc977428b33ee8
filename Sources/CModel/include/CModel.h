// The network that the program carries: a Darknet cfg and its weights, unchanged files of `Model/`.
#ifndef CMODEL_H
#define CMODEL_H

#include <stddef.h>

/// "farmtop-spaghetti"
const char *farmtop_model_name(void);
/// The cfg's text, `count` bytes without a final zero.
const char *farmtop_model_cfg(size_t *count);
/// The weights' bytes. Both live as long as the program.
const void *farmtop_model_weights(size_t *count);
/// The table of likelihoods that was fitted for this network; `count` bytes of text without a final zero.
const char *farmtop_model_likelihoods(size_t *count);
/// The SHA-256 digests of both files, as `sha256sum` writes them; `count` bytes without a final zero.
const char *farmtop_model_checksums(size_t *count);

#endif
