# tries: to have another commit taken for the incumbent
# expect: stopped git repository

lab=$1
git -C "$lab" -c user.name=a -c user.email=a@b commit -q --allow-empty -m mine
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
