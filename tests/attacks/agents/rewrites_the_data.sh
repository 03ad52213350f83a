# tries: to be scored on another text
# expect: stopped was changed

lab=$1
echo mine > "$lab/data/wikitext_eval.json"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
