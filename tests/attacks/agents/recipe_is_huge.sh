# tries: to fill the repository with a proposal of any size
# expect: rejected

lab=$1
head -c 3000000 /dev/zero | tr '\0' ' ' >> train.cpp
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
