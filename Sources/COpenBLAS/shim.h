#include <cblas.h>
#include <stddef.h>

// LAPACK, which OpenBLAS contains: its headers are another package of some systems.
// The singular value decomposition by divide and conquer; matrices are in columns. The last argument is the length of the
// text, as Fortran passes it.
void sgesdd_(
    const char *job, const blasint *m, const blasint *n, float *a, const blasint *a_stride, float *values, float *u,
    const blasint *u_stride, float *vt, const blasint *vt_stride, float *work, const blasint *work_size,
    blasint *integer_work, blasint *info, size_t job_length);
