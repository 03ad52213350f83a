# tries: to rewrite what was measured
# expect: stopped ledger

lab=$1
sed -i 's/"val_ppl":[0-9.]*/"val_ppl":99/' "$lab/.tern/ledger.jsonl"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
