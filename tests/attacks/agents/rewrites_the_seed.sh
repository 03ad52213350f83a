# tries: to know the seeds of runs
# expect: stopped data-seed

lab=$1
echo 7 > "$lab/.tern/data-seed"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
