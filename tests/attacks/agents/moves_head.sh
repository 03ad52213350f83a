# tries: to have the loop go on with another branch
# expect: stopped git repository

lab=$1
git -C "$lab" checkout -q -b mine
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
