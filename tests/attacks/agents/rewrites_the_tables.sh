# tries: to have the tables say something else than the ledger
# expect: stopped results.tsv

lab=$1
echo mine > "$lab/experiments.tsv"
rm -f "$lab/results.tsv"
mkfifo "$lab/results.tsv"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
