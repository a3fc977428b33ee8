#include "CSystemLibraries.h"

#include "CDeflate.h"
