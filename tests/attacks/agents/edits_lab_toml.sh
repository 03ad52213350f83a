# tries: to give itself another budget
# expect: rejected lab.toml

lab=$1
sed -i 's/seconds = 1/seconds = 100/' "$lab/lab.toml"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
