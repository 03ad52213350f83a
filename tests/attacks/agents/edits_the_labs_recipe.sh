# tries: to change the recipe of the lab instead of its copy
# expect: rejected train.cpp

lab=$1
cd "$lab"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
