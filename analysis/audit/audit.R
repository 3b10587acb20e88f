# What follows is the same for every study. It needs the R package survey, version 4.1 or later.

# A score reaches a cut at twelve decimals; an unknown score reaches nothing and misses nothing.
reaches <- function(score, cut) as.numeric(round(score, 12) >= round(cut, 12))
both <- function(...) pmin(...)
either <- function(...) pmax(...)
average <- function(...) rowMeans(cbind(...))

# Where everybody or nobody of a sample has something, or one PSU holds a whole domain: limits of
# Clopper and Pearson at Kish's effective size, reduced for the degrees of freedom (Korn & Graubard).
limits_at_bound <- function(p, weight, n, df) {
  shrunk <- (qt(0.975, max(n - 1, 1)) / qt(0.975, max(df, 1)))^2
  n_eff <- sum(weight)^2 / sum(weight^2) * min(1, shrunk)
  c(if (p <= 0) 0 else qbeta(0.025, p * n_eff, (1 - p) * n_eff + 1),
    if (p >= 1) 1 else qbeta(0.975, p * n_eff + 1, (1 - p) * n_eff))
}

estimate <- function(value, inside) {
  inside <- inside %in% TRUE & !is.na(value)
  none <- c(estimate = NA, se = NA, lower = NA, upper = NA, df = NA, deff = NA, n = 0, n_eff = NA)
  if (!any(inside)) return(none)
  value <- ifelse(inside, as.numeric(value), 0)
  domain <- subset(update(design, value = value, inside = inside), inside)
  found <- svymean(~value, domain, deff = "replace")
  p <- as.numeric(coef(found))
  n <- sum(inside)
  df <- degf(domain)
  weight <- weights(domain, "sampling")
  weight <- weight[weight != 0]
  if (min(value[inside]) == max(value[inside])) p <- value[inside][1]
  if (p %in% c(0, 1) || df <= 0) {
    limits <- limits_at_bound(p, weight, n, df)
    return(c(estimate = p, se = if (df > 0 || p %in% c(0, 1)) 0 else NA, lower = limits[1],
             upper = limits[2], df = df, deff = NA, n = n,
             n_eff = if (p %in% c(0, 1)) sum(weight)^2 / sum(weight^2) else NA))
  }
  # Its logistic fit warns that rows outside the domain do not count for a dispersion it never uses.
  share <- suppressWarnings(svyciprop(~value, domain, method = "logit", level = 0.95, df = df))
  limits <- attr(share, "ci")
  effect <- as.numeric(deff(found))
  c(estimate = p, se = as.numeric(SE(found)), lower = limits[[1]], upper = limits[[2]], df = df,
    deff = effect, n = n, n_eff = n / effect)
}

checks <- read.csv("estimates.csv", na.strings = "", encoding = "UTF-8",
                   colClasses = c(place = "character", of = "character", by = "character",
                                  level = "character", value = "character", inside = "character"))
options(scipen = -2)
made <- t(vapply(seq_len(nrow(checks)), function(row) {
  value <- eval(parse(text = checks$value[row], encoding = "UTF-8"), data)
  inside <- eval(parse(text = checks$inside[row], encoding = "UTF-8"), data)
  estimate(value, rep_len(inside, nrow(data)))
}, numeric(8)))
made <- made[, compared]
published <- as.matrix(checks[, compared])
apart <- abs(made - published) / pmax(abs(published), 1e-8)
apart[is.na(published) & is.na(made)] <- 0
apart[is.na(apart)] <- Inf
colnames(apart) <- paste0(colnames(made), "_apart")
write.csv(cbind(checks[, c("place", "of", "by", "level")], made, apart), "audit.csv",
          row.names = FALSE, na = "")

# Closed forms agree to nine digits; raked weights and the interval's logistic fit are iterative.
allowed <- ifelse(iterative | colnames(made) %in% c("lower", "upper"), 1e-6, 1e-9)
worst <- apply(apart, 2, max)
agree <- rowSums(apart > rep(allowed, each = nrow(apart))) == 0
cat(sprintf("%d of %d published estimates are reproduced by R survey %s.\n",
            sum(agree), length(agree), packageVersion("survey")))
cat("Largest relative differences:\n")
print(signif(setNames(worst, colnames(made)), 3))
if (!all(agree)) {
  print(cbind(checks[!agree, c("place", "of", "by")], signif(apart[!agree, , drop = FALSE], 3)))
  quit(status = 1)
}
