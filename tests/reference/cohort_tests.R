# Reference values for tests/analysis/cohort/test_cohort_reference.py, made with R:
#   Rscript tests/reference/cohort_tests.R FOLDER > tests/reference/cohort_tests.json
# FOLDER holds maftools/tcga_laml.maf.gz and target_all/all_phase2_target_2018_pub_clinical_data.tsv
# (TCGA-LAML as packed with maftools; TARGET ALL Phase II, open tier). Only counts of genes and
# results of tests are written, no row of any patient. Invented numbers come from R's own generator.
#
# fisher.test stops its search for the odds ratio and its limits at 1e-4; "or", "low" and "high" are
# the same equations solved to the end, "or_r", "low_r" and "high_r" what fisher.test prints.
folder <- commandArgs(trailingOnly = TRUE)[1]
num <- function(x) {
  text <- ifelse(is.na(x), "null", ifelse(is.infinite(x), "\"inf\"", formatC(x, digits = 17, format = "g")))
  paste0("[", paste(text, collapse = ","), "]")
}
one <- function(x) sub("^\\[(.*)\\]$", "\\1", num(x))
str <- function(x) paste0("[", paste0("\"", x, "\"", collapse = ","), "]")
fields <- function(...) { l <- list(...); paste0("{", paste0("\"", names(l), "\": ", unlist(l), collapse = ", "), "}") }
out <- list()
add <- function(name, body) out[[length(out) + 1]] <<- paste0("\"", name, "\": ", body)

exact <- function(table) {
  x <- table[1, 1]; m <- sum(table[, 1]); n <- sum(table[, 2]); k <- sum(table[1, ])
  lo <- max(0, k - n); hi <- min(k, m); support <- lo:hi
  logdc <- dhyper(support, m, n, k, log = TRUE)
  d <- function(t) { v <- logdc + t * support; v <- exp(v - max(v)); v / sum(v) }
  solve <- function(f) { at <- 1; while (f(-at) * f(at) > 0 && at < 500) at <- at * 2; exp(uniroot(f, c(-at, at), tol = 1e-13, maxiter = 5000)$root) }
  or <- if (x == lo) 0 else if (x == hi) Inf else solve(function(t) sum(support * d(t)) - x)
  low <- if (x == lo) 0 else solve(function(t) log(sum(d(t)[support >= x])) - log(0.025))
  high <- if (x == hi) Inf else solve(function(t) log(sum(d(t)[support <= x])) - log(0.025))
  r <- fisher.test(table)
  c(r$p.value, or, low, high, unname(r$estimate), r$conf.int[1], r$conf.int[2])
}
results <- function(found) {
  names <- c("p", "or", "low", "high", "or_r", "low_r", "high_r")
  body <- vapply(seq_along(names), function(i) num(found[i, ]), "")
  setNames(as.list(body), names)
}

# 1. Pairs of genes of TCGA-LAML: the thirty most often mutated, those of equal counts by name.
changes <- c("Missense_Mutation", "Nonsense_Mutation", "Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del",
             "In_Frame_Ins", "Splice_Site", "Translation_Start_Site", "Nonstop_Mutation")
maf <- read.delim(gzfile(file.path(folder, "maftools/tcga_laml.maf.gz")), quote = "", colClasses = "character")
samples <- sort(unique(maf$Tumor_Sample_Barcode))
maf <- maf[maf$Variant_Classification %in% changes, ]
hit <- unique(maf[, c("Hugo_Symbol", "Tumor_Sample_Barcode")])
count <- table(hit$Hugo_Symbol)
genes <- sort(names(count)[order(-count, names(count), method = "radix")][1:30])
is <- sapply(genes, function(g) samples %in% hit$Tumor_Sample_Barcode[hit$Hugo_Symbol == g])
pairs <- combn(length(genes), 2)
tables <- apply(pairs, 2, function(ij) {
  a <- is[, ij[1]]; b <- is[, ij[2]]; c(sum(a & b), sum(a & !b), sum(!a & b), sum(!a & !b)) })
found <- apply(tables, 2, function(t) exact(matrix(t, 2, byrow = TRUE)))
add("laml", do.call(fields, c(list(samples = length(samples), genes = str(genes), a = str(genes[pairs[1, ]]),
  b = str(genes[pairs[2, ]]), both = num(tables[1, ]), a_only = num(tables[2, ]), b_only = num(tables[3, ]),
  neither = num(tables[4, ])), results(found), list(q = num(p.adjust(found[1, ], "BH"))))))

# 2. Single tables: zero cells, margins of one, p down to 1e-300, a million children.
cells <- list(c(0, 10, 12, 3), c(0, 5, 5, 0), c(1, 0, 0, 199), c(2, 20, 0, 178), c(4, 18, 9, 169), c(2, 10, 15, 3),
  c(0, 300, 400, 300), c(0, 501, 502, 0), c(480, 20, 25, 476), c(60, 0, 0, 19940), c(100, 30, 20, 19850),
  c(1200, 3800, 3800, 11200), c(9700, 90300, 90300, 809700), c(60, 2, 1, 999937), c(255000, 245000, 245000, 255000),
  c(250400, 249600, 249600, 250400), c(7, 193, 350, 999450), c(3, 7, 5, 19985), c(22, 178, 30, 170))
single <- sapply(cells, function(t) exact(matrix(t, 2, byrow = TRUE)))
add("tables", do.call(fields, c(list(cells = paste0("[", paste(sapply(cells, num), collapse = ","), "]")), results(single))))

# 3. Chi-square with and without correction.
small <- cells[c(4, 5, 6, 11, 19)]
chisq <- function(t, c) suppressWarnings(chisq.test(matrix(t, 2, byrow = TRUE), correct = c))
add("chisq", fields(cells = paste0("[", paste(sapply(small, num), collapse = ","), "]"),
  pearson = num(sapply(small, function(t) chisq(t, FALSE)$p.value)), pearson_x2 = num(sapply(small, function(t) chisq(t, FALSE)$statistic)),
  yates = num(sapply(small, function(t) chisq(t, TRUE)$p.value)), yates_x2 = num(sapply(small, function(t) chisq(t, TRUE)$statistic))))
larger <- list(c(3, 8, 20, 15, 9, 4), c(762, 327, 468, 484, 239, 477), c(2, 1, 0, 6, 9, 12))
add("larger", fields(rows = paste0("[", paste(sapply(larger, num), collapse = ","), "]"),
  pearson = num(sapply(larger, function(t) suppressWarnings(chisq.test(matrix(t, 2, byrow = TRUE)))$p.value)),
  fisher = num(sapply(larger, function(t) fisher.test(matrix(t, 2, byrow = TRUE), workspace = 2e7)$p.value))))

# 4. Wilcoxon and Kruskal: without and with ties, of few and of many.
set.seed(13822832)
rank_case <- function(n1, n2, digits) {
  x <- round(rlnorm(n1, 1, 0.8), digits); y <- round(rlnorm(n2, 1.3, 0.8), digits); z <- round(rlnorm(n1, 1.1, 0.8), digits)
  w <- function(...) suppressWarnings(wilcox.test(x, y, ...))
  tied <- any(duplicated(c(x, y)))
  fields(x = num(x), y = num(y), z = num(z), tied = if (tied) "true" else "false", w = one(w()$statistic),
    exact = if (tied) "null" else one(w(exact = TRUE)$p.value), normal = one(w(exact = FALSE, correct = FALSE)$p.value),
    corrected = one(w(exact = FALSE, correct = TRUE)$p.value),
    shift = one(median(outer(x, y, "-"))), kruskal = one(kruskal.test(list(x, y, z))$p.value), h = one(kruskal.test(list(x, y, z))$statistic))
}
add("ranks", paste0("[", paste(rank_case(14, 18, 6), rank_case(22, 178, 1), rank_case(40, 25, 0), sep = ", "), "]"))

# 5. Benjamini-Hochberg, with ties and an untested comparison.
p <- c(0.001, 0.02, 0.02, NA, 0.8, 1, 0.04, 1e-12, 0.3)
add("bh", fields(p = num(p), q = num(p.adjust(p, "BH"))))

# 6. TARGET, B-precursor ALL, first row of a child: by MRD on day 29 above 0.01 %.
target <- read.delim(file.path(folder, "target_all/all_phase2_target_2018_pub_clinical_data.tsv"), quote = "",
                     colClasses = "character", check.names = FALSE, na.strings = c("", "NA", "Unknown"))
target <- target[target[["Cell of tumor origin"]] %in% "B-Precursor", ]
target <- target[!duplicated(target[["Patient ID"]]), ]
mrd <- as.numeric(target[["MRD Percentage Day 29"]])
target <- target[!is.na(mrd), ]; group <- mrd[!is.na(mrd)] > 0.01
rows <- character()
for (name in c("WBC", "Diagnosis Age (days)", "Bone Marrow Blasts Day 8", "Overall Survival Days")) {
  v <- as.numeric(target[[name]]); a <- v[group]; b <- v[!group]
  rows <- c(rows, paste0("\"", name, "\": ", fields(missing = num(c(sum(is.na(a)), sum(is.na(b)))),
    median = num(c(median(a, na.rm = TRUE), median(b, na.rm = TRUE))),
    q1 = num(c(quantile(a, 0.25, na.rm = TRUE), quantile(b, 0.25, na.rm = TRUE))),
    q3 = num(c(quantile(a, 0.75, na.rm = TRUE), quantile(b, 0.75, na.rm = TRUE))),
    p = one(wilcox.test(a, b, exact = FALSE, correct = FALSE)$p.value), p_corrected = one(wilcox.test(a, b, exact = FALSE)$p.value))))
}
for (pick in list(c("Sex", "Female"), c("BCR ABL1 Status", "Positive"), c("ETV6-RUNX1 Fusion Status", "Positive"),
                  c("MLL Status", "Positive"), c("TCF3-PBX1 Status", "Positive"), c("Trisomy 4_10", "Positive"),
                  c("Bone Marrow Site of Relapse", "Yes"), c("Congenital Abnormality", "Yes"))) {
  v <- target[[pick[1]]]; known <- !is.na(v); yes <- v %in% pick[2]
  t <- c(sum(group & yes), sum(group & known & !yes), sum(!group & yes), sum(!group & known & !yes))
  e <- exact(matrix(t, 2, byrow = TRUE))
  rows <- c(rows, paste0("\"", pick[1], "\": ", fields(cells = num(t), pearson = one(chisq(t, FALSE)$p.value),
    yates = one(chisq(t, TRUE)$p.value), fisher = one(e[1]), or = one(e[2]), low = one(e[3]), high = one(e[4]))))
}
cns <- table(group, target[["CNS Status"]])
rows <- c(rows, paste0("\"CNS Status\": ", fields(levels = str(colnames(cns)), above = num(cns["TRUE", ]), not_above = num(cns["FALSE", ]),
  fisher = one(fisher.test(cns, workspace = 2e7)$p.value))))
add("target", fields(groups = num(c(sum(group), sum(!group))), rows = paste0("{", paste(rows, collapse = ",\n "), "}")))
add("r", paste0("\"", R.version.string, "\""))
cat("{", paste(out, collapse = ",\n"), "}\n", sep = "")
