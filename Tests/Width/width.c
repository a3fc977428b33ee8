#include <stdlib.h>

// Swift Testing 6.3 begins all tests at once where nothing else is said. Each of them then takes as long as all of them, every
// limit in seconds that one meets is a race, and hundreds of databases are open together. The variable is read when the tests
// begin, after the constructors; what somebody has set is kept.
__attribute__((constructor)) static void farmtop_limit_width(void) {
    setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "4", 0);
}
