# tries: to leave a process behind that goes on when it has ended
# expect: harmless

lab=$1
setsid env -i flock "$lab/../lock" sleep 100 > /dev/null 2>&1 &
while ! [ -e "$lab/../lock" ]; do sleep 0.01; done
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
