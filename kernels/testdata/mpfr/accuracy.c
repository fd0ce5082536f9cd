/* accuracy compares values of a function with MPFR's.

       cc -O2 -o accuracy accuracy.c -lmpfr -lgmp -lm
       accuracy FUNCTION PRECISION <records

   A record is three float64 in the machine's order: two arguments p, q and the
   value y to be judged. The functions:

       tanh        tanh p
       sin, cos    of p turns
       normalcos   sqrt(-2 ln p) cos(q turns)
       normalsin   sqrt(-2 ln p) sin(q turns)

   PRECISION is 24 (float32) or 53 (float64). The unit of an error is the last
   place of a number of that precision as large as the true value, not below the
   least subnormal number; for the normal deviates it is 2^-24 of the radius
   sqrt(-2 ln p), itself taken to be at least 1/1000.

   Prints the number of records, the largest error and its p, q and y. */

#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { bits = 160 }; /* of the reference */

static mpfr_t p, q, w, radius;

static void eval(const char *f)
{
    const mpfr_rnd_t near = MPFR_RNDN;
    if (strcmp(f, "tanh") == 0) {
        mpfr_tanh(w, p, near);
    } else if (strcmp(f, "sin") == 0) {
        mpfr_sinu(w, p, 1, near);
    } else if (strcmp(f, "cos") == 0) {
        mpfr_cosu(w, p, 1, near);
    } else if (strcmp(f, "normalcos") == 0 || strcmp(f, "normalsin") == 0) {
        mpfr_log(radius, p, near);
        mpfr_mul_si(radius, radius, -2, near);
        mpfr_sqrt(radius, radius, near);
        (f[6] == 'c' ? mpfr_cosu : mpfr_sinu)(w, q, 1, near);
        mpfr_mul(w, w, radius, near);
    } else {
        fprintf(stderr, "accuracy: unknown function %s\n", f);
        exit(2);
    }
}

/* unit returns the unit of the error of a value of w. */
static double unit(const char *f, int precision)
{
    if (strncmp(f, "normal", 6) == 0)
        return ldexp(fmax(mpfr_get_d(radius, MPFR_RNDN), 1e-3), -24);
    const long least = precision == 24 ? -149 : -1074;
    const long e = mpfr_zero_p(w) ? least : mpfr_get_exp(w) - precision;
    return ldexp(1, e < least ? least : e);
}

int main(int argc, char **argv)
{
    if (argc != 3 || (strcmp(argv[2], "24") != 0 && strcmp(argv[2], "53") != 0)) {
        fprintf(stderr, "usage: accuracy FUNCTION 24|53 <records\n");
        return 2;
    }
    mpfr_inits2(bits, p, q, w, radius, (mpfr_ptr)0);
    double r[3], worst = -1, at[3] = {0, 0, 0};
    long n = 0;
    for (; fread(r, sizeof r, 1, stdin) == 1; n++) {
        mpfr_set_d(p, r[0], MPFR_RNDN);
        mpfr_set_d(q, r[1], MPFR_RNDN);
        eval(argv[1]);
        const double u = unit(argv[1], atoi(argv[2]));
        mpfr_sub_d(w, w, r[2], MPFR_RNDN);
        mpfr_abs(w, w, MPFR_RNDN);
        mpfr_div_d(w, w, u, MPFR_RNDN);
        const double error = mpfr_get_d(w, MPFR_RNDN);
        if (!(error <= worst)) { /* NaN counts */
            worst = error;
            memcpy(at, r, sizeof r);
        }
    }
    printf("%ld %.5f %a %a %a\n", n, worst, at[0], at[1], at[2]);
    return ferror(stdin) != 0;
}
