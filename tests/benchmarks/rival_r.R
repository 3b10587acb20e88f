# R survey's side of the race: a task per line of standard input, a line of JSON for each.
suppressMessages(library(survey))
arguments <- commandArgs(TRUE)
options(survey.lonely.psu = "fail", survey.multicore = FALSE)
data <- read.csv(arguments[1])
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = data)
sums <- function(found) sprintf('{"estimates": %.17g, "errors": %.17g}', sum(coef(found)), sum(SE(found)))
tasks <- list(
  mean = function() svymean(~y, design),
  domains = function() svyby(~y, ~commune, design, svymean)
)
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  gc(FALSE)
  taken <- system.time(found <- tasks[[line]](), gcFirst = FALSE)
  cat(sprintf('{"seconds": %.6f, "cpu": %.6f, "megabytes": null, "check": %s}\n',
              taken[["elapsed"]], taken[["user.self"]] + taken[["sys.self"]], sums(found)))
  flush(stdout())
}
