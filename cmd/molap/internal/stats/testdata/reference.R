# Reference values for package stats. Writes reference.csv:
#     Rscript reference.R        (R 4.2, Debian: r-base-core)
# Columns: what is computed; its arguments, numbers joined by ";"; the results
# (value, lower and upper end, p value), empty where there is none.
options(digits = 17, OutDec = ".")
set.seed(20240607)
rows <- character()
num <- function(x) ifelse(is.nan(x), "NaN", ifelse(is.na(x), "", sprintf("%.17g", x)))
add <- function(what, level, x, y, value, lo, hi, p)
  rows <<- c(rows, paste(what, num(level), paste(num(x), collapse = ";"),
    paste(num(y), collapse = ";"), num(value), num(lo), num(hi), num(p), sep = ","))

samples <- list(c(71.35, 68.2), c(1, 2, 4), c(-3.5, 0.25, 1e3), rnorm(10, 80, 3),
  round(100 * pbeta(runif(30), 5, 1), 2), 1e-6 * rnorm(5), rnorm(200))
for (x in samples) for (level in c(0.5, 0.9, 0.95, 0.99, 0.9995)) {
  t <- t.test(x, mu = 1, conf.level = level)
  add("mean", level, x, 1, t$estimate, t$conf.int[1], t$conf.int[2], t$p.value)
}
for (n in c(2, 3, 10, 30)) for (shift in c(0, 1, 20)) {
  y <- rnorm(n, 70, 4); x <- y + shift + rnorm(n)
  t <- t.test(x, y, paired = TRUE)
  add("paired", 0.95, x, y, mean(x - y), t$conf.int[1], t$conf.int[2], t$p.value)
}
for (p in list(0.04, c(0.01, 0.04), c(0.04, 0.01, 0.03), c(0.2, 0.2, 0.2), c(1e-9, 1, 0.5, 1e-3, 0.02, 0.02), runif(20)^3))
  add("holm", NA, p, p.adjust(p, "holm"), NA, NA, NA, NA)
# Tests that could not be made count among the tests.
p <- c(0.01, NA, 0.02, 0.004, NA)
a <- p; a[!is.na(p)] <- p.adjust(p[!is.na(p)], "holm", n = length(p))
add("holm", NA, ifelse(is.na(p), NaN, p), ifelse(is.na(a), NaN, a), NA, NA, NA, NA)
writeLines(c("what,level,x,y,value,lo,hi,p", rows), "reference.csv")
