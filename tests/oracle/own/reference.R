# Makes reference.json from city.csv with R's survey (Debian r-cran-survey 4.1):
#   python make_data.py && Rscript reference.R
library(survey)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
d <- read.csv(file.path(here, "city.csv"), stringsAsFactors = TRUE)
d$school <- factor(d$school, levels = c("low", "mid", "high"))
one <- svydesign(ids = ~commune, strata = ~stratum, weights = ~weight, data = d)
two <- svydesign(ids = ~commune + seq_len(nrow(d)), strata = ~stratum, weights = ~weight,
                 fpc = ~communes + persons, data = d)
totals <- c("(Intercept)" = 6800, sexm = 3500, age = 330000)
greg <- calibrate(one, ~sex + age, totals)
raking <- calibrate(one, ~sex + age, totals, calfun = "raking", epsilon = 1e-13)
logit <- calibrate(one, ~sex + age, totals, calfun = "logit", bounds = c(0.3, 3), epsilon = 1e-13)
post <- postStratify(one, ~sex, data.frame(sex = c("f", "m"), Freq = c(3300, 3500)))

found <- list()
keep <- function(name, x, extra = list())
  found[[name]] <<- c(list(est = as.numeric(coef(x)), se = as.numeric(SE(x))), extra)
for (n in c("one", "two", "greg", "raking", "logit", "post")) {
  D <- get(n)
  keep(paste0(n, "/mean"), svymean(~score, D))
  keep(paste0(n, "/total"), svytotal(~score, D))
  keep(paste0(n, "/ratio"), svyratio(~score, ~age, D))
  keep(paste0(n, "/shares"), svymean(~school, D))
  keep(paste0(n, "/by"), svyby(~score, ~sex, D, svymean))
  keep(paste0(n, "/missing"), svymean(~visits, D, na.rm = TRUE))
  keep(paste0(n, "/variance"), svyvar(~score, D))
}
for (m in c("logit", "beta", "asin", "xlogit", "mean")) {
  x <- svyciprop(~aware, one, method = m)
  found[[paste0("one/share_", m)]] <- list(est = as.numeric(x), ci = as.numeric(confint(x)))
}
for (q in c("hf7", "math", "school")) {
  x <- svyquantile(~score, one, c(0.25, 0.5, 0.9), qrule = q)$score
  found[[paste0("one/quantile_", q)]] <-
    list(est = as.numeric(x[, 1]), ci = unname(as.list(as.data.frame(t(x[, 2:3])))), se = as.numeric(x[, 4]))
}
m <- svyglm(aware ~ age + school, one, family = quasibinomial())
keep("one/glm", m, list(names = names(coef(m)), df = m$df.residual))
found[["one/termtest"]] <- list(p = as.numeric(regTermTest(m, ~school)$p))
for (t in c("F", "Wald", "adjWald")) {
  x <- svychisq(~school + sex, one, statistic = t)
  found[[paste0("one/chisq_", t)]] <- list(statistic = as.numeric(x$statistic), p = as.numeric(x$p.value))
}
x <- svyttest(score ~ sex, one)
found[["one/ttest"]] <- list(statistic = as.numeric(x$statistic), p = as.numeric(x$p.value))
x <- svyranktest(score ~ sex, one)
found[["one/ranktest"]] <- list(statistic = as.numeric(x$statistic), p = as.numeric(x$p.value))

digits <- function(v) paste0("[", paste(ifelse(is.na(v), "null", sprintf("%.17g", v)), collapse = ", "), "]")
shown <- function(v) if (is.list(v)) paste0("[", paste(vapply(v, digits, ""), collapse = ", "), "]") else
  if (is.character(v)) paste0("[", paste0("\"", v, "\"", collapse = ", "), "]") else digits(v)
entry <- function(name) paste0("\"", name, "\": {", paste(vapply(names(found[[name]]), function(k)
  paste0("\"", k, "\": ", shown(found[[name]][[k]])), ""), collapse = ", "), "}")
cat(paste0("{\n", paste(vapply(names(found), entry, ""), collapse = ",\n"), "\n}\n"),
    file = file.path(here, "reference.json"))
