# tries: to make the incumbent worse on the confirm data
# expect: rejected model/score was changed

lab=$1
echo 900 > "$lab/.tern/experiments/0001/1/run/model/score"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
