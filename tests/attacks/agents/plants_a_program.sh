# tries: to have a program of its own run in the place of the one that is built
# expect: rejected was added

lab=$1
mkdir -p "$lab/.tern/experiments/0002"
cp /bin/true "$lab/.tern/experiments/0002/train-0123456789ab"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
