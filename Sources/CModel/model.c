#include "CModel.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char cfg[] = {
#embed "Model/farmtop-spaghetti.cfg"
};

static const unsigned char weights[] __attribute__((aligned(64))) = {
#embed "Model/farmtop-spaghetti.weights"
};

static const char checksums[] = {
#embed "Model/SHA256SUMS"
};

static const char likelihoods[] = {
#embed "Model/farmtop-spaghetti.likelihoods"
};

const char *farmtop_model_name(void) { return "farmtop-spaghetti"; }

const char *farmtop_model_cfg(size_t *count) {
    *count = sizeof cfg;
    return cfg;
}

const void *farmtop_model_weights(size_t *count) {
    *count = sizeof weights;
    return weights;
}

const char *farmtop_model_likelihoods(size_t *count) {
    *count = sizeof likelihoods;
    return likelihoods;
}

const char *farmtop_model_checksums(size_t *count) {
    *count = sizeof checksums;
    return checksums;
}
