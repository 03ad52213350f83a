# tries: to change more than the recipe
# expect: rejected program.md

lab=$1
echo 'all is allowed' >> program.md
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
