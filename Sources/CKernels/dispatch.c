// Which instructions this machine has, and the kernels for them.
#define _GNU_SOURCE
#include "kernels.h"

#include <sched.h>
#include <unistd.h>

int ck_cores(void) {
    cpu_set_t allowed;  // 1,024 processors; where there are more, the call fails
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        int count = CPU_COUNT(&allowed);
        return count > 0 ? count : 1;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

const ck_kernels *ck_kernels_of(ck_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case CK_ISA_AVX2: return &ck_avx2_kernels;
    case CK_ISA_AVX512: return &ck_avx512_kernels;
#elif defined(__aarch64__)
    case CK_ISA_NEON: return &ck_neon_kernels;
#endif
    default: return &ck_portable_kernels;
    }
}

bool ck_isa_available(ck_isa isa) {
    switch (isa) {
    case CK_ISA_PORTABLE: return true;
#if defined(__x86_64__)
    // The compiler's check covers the operating system's part: XCR0 must save the wide registers.
    case CK_ISA_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
    case CK_ISA_NEON: return true;  // part of every 64-bit Arm
#endif
    default: return false;
    }
}

bool ck_bfloat16_available(void) {
#if defined(__x86_64__)
    return ck_isa_available(CK_ISA_AVX512) && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

bool ck_int8_available(void) {
#if defined(__x86_64__)
    return ck_isa_available(CK_ISA_AVX512) && __builtin_cpu_supports("avx512vnni");
#else
    return false;
#endif
}

ck_isa ck_isa_best(void) {
    static const ck_isa order[] = {CK_ISA_AVX512, CK_ISA_AVX2, CK_ISA_NEON};
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        if (ck_isa_available(order[i])) return order[i];
    return CK_ISA_PORTABLE;
}

const char *ck_isa_name(ck_isa isa) {
    switch (isa) {
    case CK_ISA_AVX512: return "AVX-512";
    case CK_ISA_AVX2: return "AVX2";
    case CK_ISA_NEON: return "NEON";
    default: return "portable";
    }
}
