# Answers for tests/analysis/cohort/test_fresh_data_against_r.py, which invents the data and runs
#   Rscript tests/reference/fresh.R IN
# IN has one case a line: kind, id, numbers. Each answer is one line: id, name, numbers.
suppressMessages({library(survival); library(cmprsk)})
say <- function(name, x) cat(id, name, formatC(as.numeric(x), digits = 17, format = "g"), "\n")
quietly <- function(e) suppressWarnings(tryCatch(e, error = function(c) NULL))

ranks <- function(v) {
  x <- v[3:(2 + v[1])]; y <- v[(3 + v[1]):(2 + v[1] + v[2])]
  w <- function(...) suppressWarnings(wilcox.test(x, y, ...))
  say("normal", w(exact = FALSE, correct = FALSE)$p.value)
  say("corrected", w(exact = FALSE)$p.value)
  say("shift", median(outer(x, y, "-")))
  if (!any(duplicated(c(x, y)))) {
    say("exact", w(exact = TRUE)$p.value)
    say("interval", w(exact = TRUE, conf.int = TRUE)$conf.int)
  }
}
two <- function(v) {
  t <- matrix(v, 2, byrow = TRUE); n <- rowSums(t); p <- t[, 1] / n
  if (all(n > 0) && all(colSums(t) > 0)) {
    say("pearson", suppressWarnings(chisq.test(t, correct = FALSE))$p.value)
    say("yates", suppressWarnings(chisq.test(t))$p.value)
    f <- fisher.test(t); say("fisher", f$p.value); say("ratio", c(f$estimate, f$conf.int))
  }
  if (all(n > 0)) { # Newcombe 1998, method 10, from prop.test's Wilson limits
    a <- suppressWarnings(prop.test(t[1, 1], n[1], correct = FALSE))$conf.int
    b <- suppressWarnings(prop.test(t[2, 1], n[2], correct = FALSE))$conf.int
    d <- p[1] - p[2]
    say("newcombe", c(d, d - sqrt((p[1] - a[1])^2 + (b[2] - p[2])^2), d + sqrt((a[2] - p[1])^2 + (p[2] - b[1])^2)))
  }
}
larger <- function(v) {
  t <- matrix(v[-(1:2)], v[1], byrow = TRUE)
  say("pearson", suppressWarnings(chisq.test(t, correct = FALSE))$p.value)
  f <- quietly(fisher.test(t, workspace = 2e6)$p.value); if (!is.null(f)) say("fisher", f)
}
kruskal <- function(v) {
  k <- kruskal.test(v[-(1:(1 + v[1]))], rep(seq_len(v[1]), v[2:(1 + v[1])]))
  say("kruskal", c(k$statistic, k$p.value))
}
bh <- function(v) say("q", p.adjust(v, "BH"))
surv <- function(v) {
  n <- v[1]; part <- function(k) v[((k - 1) * n + 2):(k * n + 1)]
  t <- part(1); code <- part(2); g <- part(3); x <- cbind(part(4), part(5)); s <- Surv(t, code == 1)
  ll <- survfit(s ~ 1, conf.type = "log-log"); gw <- survfit(s ~ 1, conf.type = "plain")
  say("time", ll$time); say("survival", ll$surv); say("low", ll$lower); say("high", ll$upper)
  say("greenwood_low", gw$lower); say("greenwood_high", gw$upper)
  say("median", summary(ll)$table[c("median", "0.95LCL", "0.95UCL")])
  lr <- quietly(survdiff(s ~ g)); if (!is.null(lr)) say("logrank", c(lr$chisq, lr$pvalue))
  ci <- quietly(cuminc(t, code, g)); if (!is.null(ci$Tests) && "1" %in% rownames(ci$Tests)) say("gray", ci$Tests["1", c("stat", "pv")])
  all <- quietly(cuminc(t, code, rep(0, n)))
  if (!is.null(all[["0 1"]])) { tp <- timepoints(all["0 1"], ll$time); say("incidence", tp$est); say("variance", tp$var) }
  cx <- quietly(coxph(s ~ x))
  if (!is.null(cx) && all(is.finite(coef(cx))) && all(diag(vcov(cx)) < 4)) {
    say("beta", coef(cx)); say("se", sqrt(diag(vcov(cx))))
    z <- quietly(cox.zph(cx, transform = "km", terms = FALSE)); if (!is.null(z)) say("zph", z$table[1:2, "p"])
  }
}
for (line in readLines(commandArgs(trailingOnly = TRUE)[1])) {
  w <- strsplit(line, " ")[[1]]; id <- w[2]
  get(w[1])(as.numeric(w[-(1:2)]))
}
