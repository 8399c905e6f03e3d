# Reference values for tests/analysis/cohort/test_survival.py, made with R:
#   Rscript tests/reference/survival.R > tests/reference/survival.json
# Data: invented, from R's own generator with the seed below; written out so that the tests read the
# very same numbers. survival and cmprsk are the packages compared with.
suppressMessages({library(survival); library(cmprsk)})
set.seed(822832)
num <- function(x) {
  text <- ifelse(is.na(x) | !is.finite(x), "null", formatC(x, digits = 17, format = "g"))
  paste0("[", paste(text, collapse = ","), "]")
}
one <- function(x) sub("^\\[(.*)\\]$", "\\1", num(x))
cases <- list()
add <- function(name, body) cases[[length(cases) + 1]] <<- paste0('"', name, '": ', body)
make <- function(n, groups, ties) {
  group <- sample(seq_len(groups) - 1, n, replace = TRUE)
  event <- rexp(n, 0.0008 * (1 + 0.9 * group)); rival <- rexp(n, 0.0003); lost <- runif(n, 100, 2500)
  time <- pmin(event, rival, lost)
  code <- ifelse(time == event, 1, ifelse(time == rival, 2, 0))
  time <- if (ties) ceiling(time / 90) * 90 else ceiling(time)
  list(time = time, code = code, group = group, age = round(runif(n, 0.5, 15), 1), wbc = round(exp(rnorm(n, 2.5, 1)), 1))
}
describe <- function(name, d) {
  s <- Surv(d$time, d$code == 1)
  ll <- survfit(s ~ 1, conf.type = "log-log"); gw <- survfit(s ~ 1, conf.type = "plain")
  q <- quantile(ll, 0.25)
  lr <- survdiff(s ~ d$group)
  ci <- cuminc(d$time, d$code, rep(0, length(d$time)))[["0 1"]]
  at <- c(200, 365, 730, 1095)
  tp <- timepoints(cuminc(d$time, d$code, rep(0, length(d$time))), at)
  gr <- cuminc(d$time, d$code, d$group)$Tests
  x <- cbind(altered = as.numeric(d$group > 0), age = d$age, wbc = log10(d$wbc))
  cox <- coxph(s ~ x, ties = "efron"); ct <- summary(cox)
  zph <- cox.zph(cox, transform = "km", terms = FALSE)
  add(name, paste0("{", paste(c(
    paste0('"time": ', num(d$time)), paste0('"code": ', num(d$code)), paste0('"group": ', num(d$group)),
    paste0('"age": ', num(d$age)), paste0('"wbc": ', num(d$wbc)),
    paste0('"km_time": ', num(ll$time)), paste0('"km_risk": ', num(ll$n.risk)), paste0('"km_surv": ', num(ll$surv)),
    paste0('"loglog_low": ', num(ll$lower)), paste0('"loglog_high": ', num(ll$upper)),
    paste0('"greenwood_low": ', num(gw$lower)), paste0('"greenwood_high": ', num(gw$upper)),
    paste0('"quartile": ', num(c(q$quantile, q$lower, q$upper))),
    paste0('"logrank": ', num(c(lr$chisq, lr$pvalue))),
    paste0('"incidence_at": ', num(at)), paste0('"incidence": ', num(tp$est[1, ])), paste0('"incidence_var": ', num(tp$var[1, ])),
    paste0('"gray": ', num(gr[1, c("stat", "pv")])),
    paste0('"cox_coef": ', num(coef(cox))), paste0('"cox_se": ', num(ct$coefficients[, "se(coef)"])),
    paste0('"cox_p": ', num(ct$coefficients[, "Pr(>|z|)"])),
    paste0('"cox_loglik": ', num(cox$loglik)),
    paste0('"zph": ', num(zph$table[, "p"]))
  ), collapse = ",\n  "), "}"))
}
describe("two groups", make(120, 2, FALSE))
describe("two groups, many ties", make(200, 2, TRUE))
describe("four groups", make(160, 4, TRUE))
describe("few", make(25, 2, FALSE))
cat("{", paste(cases, collapse = ",\n"), "}\n")
