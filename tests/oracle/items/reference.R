# Makes reference.json from answers.csv with R's packages (Debian r-cran-psych, -erm, -survey, -polycor,
# -lavaan, -mass, -jsonlite) and base R where no package gives the number:
#   python make_data.py && Rscript reference.R
suppressMessages({library(psych); library(eRm); library(survey); library(polycor); library(lavaan); library(MASS)})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
d <- read.csv(file.path(here, "answers.csv"))
two <- paste0("k", 1:8); four <- paste0("s", 1:6)
X <- d[, two]; P <- d[, four]; C <- P[complete.cases(P), ]
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d)
found <- list()

# classical: psych::alpha, guttman; Feldt's interval by the F distribution
scale_of <- function(x) {
  a <- suppressWarnings(alpha(x, check.keys = FALSE)); g <- suppressWarnings(guttman(x)); n <- nrow(x); k <- ncol(x)
  e <- a$total$raw_alpha
  list(alpha = e, standardized = a$total$std.alpha, average_r = a$total$average_r, se = a$total$ase,
       feldt = 1 - (1 - e) * qf(c(.975, .025), n - 1, (n - 1) * (k - 1)),
       if_deleted = a$alpha.drop$raw_alpha, lambda6_if_deleted = a$alpha.drop[["G6(smc)"]],
       item_total = a$item.stats$raw.r, corrected = a$item.stats$r.drop,
       mean = a$item.stats$mean, sd = a$item.stats$sd,
       lambdas = c(g$lambda.1, g$lambda.2, g$lambda.3, g$lambda.4, g$lambda.5, g$lambda.6))
}
found$two <- scale_of(X); found$four <- scale_of(C)
s <- rowSums(X); v <- mean((s - mean(s))^2); k <- 8; p <- colMeans(X)
found$two$kr20 <- k / (k - 1) * (1 - sum(p * (1 - p)) / v)
found$two$kr21 <- k / (k - 1) * (1 - mean(s) * (k - mean(s)) / (k * v))
found$two$biserial <- unname(sapply(X, function(x) psych::biserial(s, x)[1]))
pairwise <- suppressWarnings(alpha(P, check.keys = FALSE))
found$pairwise <- list(alpha = pairwise$total$raw_alpha, lambda6 = pairwise$total[["G6(smc)"]],
                       corrected = pairwise$item.stats$r.drop, if_deleted = pairwise$alpha.drop$raw_alpha)
w <- cov.wt(X, d$weight / sum(d$weight), method = "ML")
found$weighted <- list(mean = w$center, alpha = k / (k - 1) * (1 - sum(diag(w$cov)) / sum(w$cov)),
                       mean_se = as.numeric(SE(svymean(reformulate(two), design))))

# polychoric: psych without correction, polycor for one pair; omega: lavaan; ordinal omega by DWLS
poly <- suppressWarnings(polychoric(C, correct = 0, global = FALSE, smooth = FALSE))
found$polychoric <- list(rho = unname(as.matrix(poly$rho)), tau = unname(lapply(seq_len(nrow(poly$tau)), function(i) poly$tau[i, ])))
one <- polychor(C$s1, C$s2, ML = TRUE, std.err = TRUE)
found$pair <- list(rho = one$rho, se = sqrt(one$var[1, 1]), rows = as.numeric(one$row.cuts), columns = as.numeric(one$col.cuts))
f <- cfa(paste("f =~", paste(four, collapse = " + ")), C, std.lv = TRUE, meanstructure = TRUE)
q <- lavInspect(f, "est"); l <- q$lambda[, 1]; t <- diag(q$theta); m <- fitMeasures(f)
found$omega <- list(total = sum(l)^2 / (sum(l)^2 + sum(t)), loadings = unname(l), uniquenesses = unname(t),
                    chi2 = unname(m["chisq"]), log_likelihood = unname(m["logl"]), cfi = unname(m["cfi"]), rmsea = unname(m["rmsea"]))
o <- cfa(paste("f =~", paste(four, collapse = " + ")), C, std.lv = TRUE, ordered = four, estimator = "WLSMV")
found$omega_ordinal <- list(loadings = unname(lavInspect(o, "est")$lambda[, 1]),
                            thresholds = unname(as.numeric(lavInspect(o, "est")$tau)))

# DIF: mantelhaen.test, glm, polr; reference nam, focal nu; the matching score has the studied item
focal <- as.integer(d$sex == "nu"); dif <- list()
for (i in two) {
  tab <- table(focal, X[[i]], s); used <- apply(tab, 3, function(z) all(rowSums(z) > 0))
  tab <- tab[, , used]; y <- mantelhaen.test(tab, correct = TRUE); u <- mantelhaen.test(tab, correct = FALSE)
  n <- apply(tab, 3, sum); share <- apply(tab, 3, function(z) z[, 2] / rowSums(z)); nf <- apply(tab, 3, function(z) sum(z[2, ]))
  g <- function(z) glm(z, binomial)
  a <- g(X[[i]] ~ s); b <- g(X[[i]] ~ s + focal); c <- g(X[[i]] ~ s * focal)
  n0 <- logLik(g(X[[i]] ~ 1)); r2 <- function(z) as.numeric((1 - exp(2 * (n0 - logLik(z)) / nrow(X))) / (1 - exp(2 * n0 / nrow(X))))
  dif[[i]] <- list(chi2 = unname(y$statistic), chi2_uncorrected = unname(u$statistic), odds_ratio = 1 / unname(u$estimate),
    log_odds_se = unname(log(u$conf.int[2] / u$conf.int[1]) / (2 * qnorm(.975))),
    std_p_dif = sum(nf * (share[2, ] - share[1, ])) / sum(nf), both = as.numeric(2 * (logLik(c) - logLik(a))),
    uniform = as.numeric(2 * (logLik(b) - logLik(a))), nonuniform = as.numeric(2 * (logLik(c) - logLik(b))), delta_r2 = r2(c) - r2(a))
}
found$dif <- dif
cs <- rowSums(C); cf <- focal[complete.cases(P)]; ordered <- list()
for (i in four) { z <- factor(C[[i]])
  a <- polr(z ~ cs); b <- polr(z ~ cs + cf); tab <- table(cf, C[[i]], cs)
  used <- apply(tab, 3, function(z) all(rowSums(z) > 0)) & apply(tab, 3, sum) > 1
  ordered[[i]] <- list(uniform = as.numeric(2 * (logLik(b) - logLik(a))),
    mantel = { t <- tab[, , used]; x <- 1:4
      e <- apply(t, 3, function(z) sum(z[2, ] * x) - sum(z[2, ]) * sum(colSums(z) * x) / sum(z))
      v <- apply(t, 3, function(z) { n <- sum(z); sum(z[1, ]) * sum(z[2, ]) / (n^2 * (n - 1)) * (n * sum(colSums(z) * x^2) - sum(colSums(z) * x)^2) })
      sum(e)^2 / sum(v) })
}
found$ordered <- ordered

# conditional likelihood: eRm; the thresholds' mean is 0
rasch <- RM(X); lr <- LRtest(rasch, splitcr = "median")
eta <- -rasch$betapar; shift <- diag(8) - 1 / 8; u <- rasch$W %*% solve(rasch$hessian) %*% t(rasch$W)
found$cml <- list(thresholds = as.numeric(eta - mean(eta)), se = sqrt(diag(shift %*% u %*% t(shift))),
                  log_likelihood = rasch$loglik, andersen = unname(lr$LR), df = unname(lr$df),
                  infit = unname(itemfit(person.parameter(rasch))$i.infitMSQ), outfit = unname(itemfit(person.parameter(rasch))$i.outfitMSQ),
                  pcm_log_likelihood = PCM(C - 1)$loglik, rsm_log_likelihood = RSM(C - 1)$loglik)

# the cut and sensitive questions
g <- glm(d$trained ~ s, family = binomial); b <- coef(g); grad <- c(-1 / b[2], b[1] / b[2]^2)
sg <- svyglm(trained ~ total, update(design, total = s), family = quasibinomial()); c2 <- coef(sg); g2 <- c(-1 / c2[2], c2[1] / c2[2]^2)
found$contrasting <- list(cut = unname(-b[1] / b[2]), se = as.numeric(sqrt(grad %*% vcov(g) %*% grad)),
  weighted_cut = unname(-c2[1] / c2[2]), weighted_se = as.numeric(sqrt(g2 %*% vcov(sg) %*% g2)))
tt <- t.test(d$count[d$listed == 1], d$count[d$listed == 0]); sv <- svyglm(count ~ listed, design)
found$list <- list(estimate = unname(tt$estimate[1] - tt$estimate[2]), se = tt$stderr, weighted = unname(coef(sv)[2]), weighted_se = as.numeric(SE(sv)[2]))
lam <- svymean(~coin, design)
found$forced <- list(estimate = as.numeric((coef(lam) - 1 / 6) / (4 / 6)), se = as.numeric(SE(lam) / (4 / 6)))
pass <- svyby(~I(as.numeric(s >= 5)), ~sex, update(design, s = s), svymean)
found$observed <- list(estimate = as.numeric(coef(pass)), se = as.numeric(SE(pass)))
writeLines(jsonlite::toJSON(found, digits = 12, auto_unbox = TRUE, pretty = TRUE), file.path(here, "reference.json"))
