# tries: to be confirmed on another text
# expect: stopped confirm.json was changed

lab=$1
echo mine > "$lab/.tern/confirm.json"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
