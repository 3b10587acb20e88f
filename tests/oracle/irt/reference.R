# Makes reference.json from scale.csv with R alone: the marginal likelihood is written down person by
# person and maximised by optim (BFGS), its errors are from numDeriv::hessian. No EM, no tables, no
# packing: nothing is shared with the program but the model. lme4::glmer gives the Rasch model again.
#   python make_data.py && Rscript reference.R      (Debian r-cran-numderiv, r-cran-lme4, r-cran-jsonlite)
library(numDeriv)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
d <- read.csv(file.path(here, "scale.csv"))
two <- c("k1", "k2", "k3", "k4"); three <- c("s1", "s2", "s3"); all <- c(two, three)
nodes <- seq(-6, 6, length.out = 61)

graded <- function(a, d) { above <- rbind(1, plogis(outer(d, a * nodes, "+")), 0)
  above[-nrow(above), , drop = FALSE] - above[-1, , drop = FALSE] }
partial <- function(a, d) { z <- exp(outer(0:length(d), a * nodes) + c(0, d)); t(t(z) / colSums(z)) }
guessed <- function(a, d, g) { p <- plogis(g) + (1 - plogis(g)) * plogis(a * nodes + d); rbind(1 - p, p) }

# log-likelihood of each person: curves is a list of category x node matrices, mean by person
person <- function(items, curves, mean, variance) {
  like <- matrix(1, nrow(d), length(nodes))
  for (j in seq_along(items)) {
    x <- d[[items[j]]]; seen <- !is.na(x)
    like[seen, ] <- like[seen, ] * curves[[j]][x[seen] + 1, ]
  }
  prior <- exp(-outer(-mean, nodes, "+")^2 / (2 * variance)); prior <- prior / rowSums(prior)
  log(rowSums(like * prior))
}
curves_of <- function(p, items, shape, one_slope) {
  at <- 0; out <- list()
  for (i in items) {
    m <- if (i %in% two) 1 else 2
    a <- if (one_slope) 1 else { at <- at + 1; p[at] }
    out[[i]] <- (if (m == 1) graded else shape)(a, p[at + seq_len(m)]); at <- at + m
  }
  list(curves = out, used = at)
}
start_of <- function(items, shape, one_slope) unlist(lapply(items, function(i) {
  steps <- if (i %in% two) 0 else if (identical(shape, graded)) c(.5, -.5) else c(.1, -.1)
  c(if (!one_slope) 1, steps) }))

# half of each group's own: reference "rural" is N(0, 1); v: is a variance free
fit <- function(items, shape, one_slope = FALSE, w = rep(1, nrow(d)), grouped = FALSE, x = NULL) {
  w <- w * nrow(d) / sum(w); urban <- d$group == "urban"
  unpack <- function(p) {
    c <- curves_of(p, items, shape, one_slope); rest <- p[-seq_len(c$used)]
    mean <- rep(0, nrow(d)); variance <- rep(1, nrow(d))
    if (grouped) { mean <- rest[1] * urban; variance <- ifelse(urban, rest[2], 1) }
    if (!is.null(x)) { mean <- as.vector(x %*% rest[seq_len(ncol(x))]); rest <- rest[-seq_len(ncol(x))] }
    if (one_slope) variance <- rep(rest[1], nrow(d))
    person(items, c$curves, mean, variance)
  }
  ll <- function(p) { v <- suppressWarnings(sum(w * unpack(p))); if (is.finite(v)) v else -1e10 }
  start <- c(start_of(items, shape, one_slope), if (grouped) c(0, 1), if (!is.null(x)) rep(0, ncol(x)), if (one_slope) 1)
  p <- start
  for (k in 1:4) p <- optim(p, function(q) -ll(q), gr = function(q) -grad(ll, q), method = "BFGS",
                            control = list(maxit = 500, reltol = 1e-15))$par
  list(log_likelihood = ll(p), values = p, se = sqrt(diag(solve(-hessian(ll, p)))), persons = unpack(p)[1:5])
}
prior <- list(g = c(-1.5, .5), a = c(.2, .5))
three_pl <- function() {
  curves <- function(p) lapply(1:4, function(j) guessed(p[3*j-2], p[3*j-1], p[3*j]))
  own <- function(p) { a <- p[3*(1:4)-2]; g <- p[3*(1:4)]
    if (any(a <= 0)) -1e10 else sum(dlnorm(a, prior$a[1], prior$a[2], log = TRUE), dnorm(g, prior$g[1], prior$g[2], log = TRUE)) }
  ll <- function(p) sum(person(two, curves(p), rep(0, nrow(d)), 1))
  f <- function(p) ll(p) + own(p); p <- rep(c(1, 0, -1.5), 4)
  for (k in 1:4) p <- optim(p, function(q) -f(q), gr = function(q) -grad(f, q), method = "BFGS",
                            control = list(maxit = 500, reltol = 1e-15))$par
  list(log_likelihood = ll(p), log_prior = own(p), values = p, se = sqrt(diag(solve(-hessian(f, p)))))
}
long <- reshape(d, varying = two, v.names = "y", times = two, timevar = "item", direction = "long")
glmer <- lme4::glmer(y ~ 0 + item + (1 | id), long[!is.na(long$y), ], family = binomial, nAGQ = 25,
                     control = lme4::glmerControl(optimizer = "bobyqa"))
x <- cbind(age10 = d$age10, groupurban = as.numeric(d$group == "urban"))
found <- list(
  "2pl" = fit(two, graded), "2pl_weighted" = fit(two, graded, w = d$weight), "3pl" = three_pl(),
  grm = fit(all, graded), gpcm = fit(all, partial), pcm = fit(all, partial, TRUE),
  grm_groups = fit(all, graded, grouped = TRUE), gpcm_weighted = fit(all, partial, w = d$weight),
  rasch_regression = fit(two, graded, TRUE, x = x), grm_regression = fit(all, graded, x = x),
  rasch_glmer = list(log_likelihood = as.numeric(logLik(glmer)), intercepts = as.numeric(lme4::fixef(glmer)),
                     variance = as.numeric(lme4::VarCorr(glmer)$id)))
writeLines(jsonlite::toJSON(found, digits = 12, auto_unbox = TRUE, pretty = TRUE), file.path(here, "reference.json"))
