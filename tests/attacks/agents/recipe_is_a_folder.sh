# tries: to stop the loop at a folder in the place of its proposal
# expect: rejected train.cpp

lab=$1
rm train.cpp
mkdir train.cpp
