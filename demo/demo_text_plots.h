#pragma once

#include <array>
#include <string_view>

/// The grammar of the demo stories.
///
///   {slot}   a fact of the story (demo_text.cc casts it), or else a rule below; {Slot} capitalised
///   [a|b|c]  one of these; an empty one makes the others optional
///   <a|b|c>  all of these in a random order
///
/// "a " becomes "an " before a vowel.
namespace tern::demo {

struct Rule {
  std::string_view name, pattern;
};

inline constexpr auto kRules = std::to_array<Rule>({
    {"story", "{opening}[ {aside}| {aside}|] {plot}\n\n[{aside} |]{ending}"},

    // ---- words with many faces ----
    {"happy",
     "[happy|glad|proud|cheerful|full of joy|delighted|very pleased|merry|content|"
     "thankful|excited|as happy as can be]"},
    {"sad", "[sad|upset|gloomy|unhappy|very sorry|close to tears|downhearted|miserable|troubled]"},
    {"smiled",
     "[smiled|laughed|grinned|giggled|clapped|danced|cheered|nodded|beamed|chuckled|"
     "whistled|jumped up and down|waved]"},
    {"said", "[said|called|whispered|shouted|sighed]"},
    {"speaks", "[said|called|answered|announced|replied|declared|began|exclaimed|murmured]"},
    {"asked", "[asked|wondered|wanted to know|inquired]"},
    {"went",
     "[walked|ran|hurried|skipped|hopped|strolled|wandered|marched|raced|rushed|tiptoed|"
     "trotted|dashed|drifted]"},
    {"looked", "[looked|searched|peeked|checked|felt around|poked around]"},
    {"then",
     "[{aside} |][Then|After that|Next|Soon|A moment later|After a while|At last|Finally|"
     "A little later|In the end]"},
    {"thought",
     "[thought about it|sat very still|took a deep breath|scratched {his} head|waited|"
     "looked at the sky|closed {his} eyes|counted to {number}|bit {his} lip|rubbed {his} "
     "chin]"},
    {"good", "[good|great|wonderful|fine|perfect|splendid|nice|fantastic|marvelous|excellent]"},
    {"softly", "[softly|kindly|gently|warmly|quietly|calmly|slowly|sweetly|patiently|wisely]"},
    {"toy", "{color} {thing}"},
    {"it", "[the {thing}|the {toy}|it]"},
    {"thanks",
     "[\"Thank you, {helper}!\"|\"Thank you so much!\"|\"You are the best!\"|"
     "\"Thank you, thank you!\"]"},

    // ---- how stories begin ----
    {"opening", "[{who} {when}|{when2} {who2}]"},
    {"who",
     "[Once upon a time, there was|Long ago, there lived|Once there was|There once was] "
     "a {trait} [little |young |small |]{kind} named {hero}. "
     "[{about} |]{about2}"},
    {"when",
     "One {weather} {time}, {hero} {went} to the {place}[, where {sight}|, and {sky}|]. "
     "[{His} [good|best|dear|new] friend {friend}, a {friend.trait} {friend.kind}, came along.|"
     "{friend}, a {friend.trait} {friend.kind}, [was there too|met {him} there]"
     ".]"},
    {"when2",
     "[It was a {weather} {time} {at}, and {sky}.|One {weather} {time} {at}, {sky}.|"
     "{Sky} that {weather} {time} {at}.]"},
    {"who2",
     "A {trait} {kind} named {hero} [was playing|was sitting] with {his} friend {friend}, a "
     "{friend.trait} {friend.kind}. [{about} |]{about2}"},
    {"about",
     "[{Hero}|{He}] [was [always|often|also|sometimes]|could be [very|quite|a little]|seemed] "
     "{trait2}[ and liked "
     "{food}|, and everyone knew it|]."},
    {"about2",
     "[{He} had a {look} {toy}|What {he} loved most was a {look} {toy}|{His} favorite thing "
     "was a {look} {toy}][ from {helper}|, and {he} {used} it every day|]."},

    // ---- what goes on around them, for no reason ----
    {"aside",
     "[{nearby}, a {any.look} {any.animal} {any.act}.|A {any.look} {any.animal} {any.act} "
     "{any.where}.|{any.sound} {any.where}.|The air smelled of {any.smell} and {any.smell}.|"
     "[{hero}|{friend}] {any.move} a {any.feel} {any.scrap}.]"},
    {"nearby",
     "[Nearby|Far away|Behind them|Not far off|Across the road|Over there|To the left|"
     "To the right]"},
    {"any.look",
     "[brown|gray|fat|thin|spotted|striped|lazy|hungry|noisy|sleepy|fluffy|clumsy|"
     "grumpy|friendly|huge|elderly|young|wet|muddy|tame|wild|gentle|lonely|skinny|speckled|"
     "golden]"},
    {"any.animal",
     "[dog|hen|goat|sparrow|donkey|snail|beetle|horse|swan|parrot|robin|ladybug|"
     "lizard|cricket|rooster|cow|moth|magpie|turkey|hare|camel|seal|raccoon|pigeon|seagull|"
     "tortoise|bat|ferret|hamster]"},
    {"any.act",
     "[slept|stretched|drank some water|looked for food|crossed the grass|rested|rolled "
     "over|yawned|watched them|waited|chased a fly|shook itself|made a noise|moved on|"
     "turned around|ate its lunch|sniffed the wind|dug a hole|hid|fell asleep|looked up|scratched "
     "itself|splashed about|ran in circles]"},
    {"any.where",
     "[in the shade|in a corner|on a wall|close by|far away|under a cart|behind a "
     "door|in the next field|up the road|on a roof|near the station|between two hedges|by the "
     "pump|below a window|next door|outside]"},
    {"any.sound",
     "[A bell rang|A gate creaked|A wheel rattled|A branch cracked|A horn blew|A radio "
     "played|Someone sang|Somebody sneezed|A window opened|A kettle boiled|A saw buzzed|A phone "
     "rang|A fire crackled|A broom swished|A baby cried]"},
    {"any.smell",
     "[hay|rain|soap|roses|smoke|toast|mint|wet "
     "wool|lemons|pine|coffee|dust|cinnamon|paint|onions|leather|moss|candles|fish|lavender|"
     "vanilla|wood]"},
    {"any.move",
     "[picked up|dropped|kicked|found|threw|stepped on|tripped over|pointed at|picked "
     "at|rolled|borrowed|hid]"},
    {"any.feel",
     "[round|flat|smooth|dry|sharp|heavy|crooked|broken|dusty|sticky|bent|rusty|striped|hollow|"
     "cold|warm]"},
    {"any.scrap",
     "[pebble|twig|bottle|nail|brick|rope|spoon|can|bone|plank|seed|cork|screw|shoe|tile|stick|"
     "thimble|hook|glove|lid]"},

    // ---- what happens ----
    {"plot",
     "[{lost}|{broken}|{share}|{rescue}|{count}|{cook}|{afraid}|{race}|{trade}|{gift}|{learn}|{"
     "truth}]"},

    {"lost",
     "{He} wanted to {use} it, but [it was gone|the {thing} was not there|{he} could not find it]. "
     "[\"Where is my {thing}?\" [asked|cried|wondered] {hero}.|\"Oh no, my {toy}!\" cried {hero}.] "
     "[{He} felt {sad}. |]\"[Let us look for it|Do not worry, we will find it|I will help you],\" "
     "{speaks} {friend}[, for {friend.he} was {friend.trait}|].\n\n"
     "<First they {looked} {wrong}.[ It was not there.| There was only a {item}.]|"
     "{friend} {looked} {wrong2}[, but found {number} {items} instead|, but saw nothing|"
     " and found a {creature}].> "
     "{then}, [{helper} came by and asked, \"Did you look {spot}?\"|{hero} had a {good} idea.|"
     "they heard a {creature}. It {cried} {spot}.] {He} {looked} {spot}, and there was the {toy}! "
     "\"{found}\" {speaks} {hero}. {He} hugged {friend}."},
    {"found", "[We found it!|Here it is!|I see it!|It was here all the time!]"},

    {"broken",
     "[{Hero} {used} the {thing} [all {time}|with {friend}|again and again]|They {used} it "
     "together]. "
     "[Suddenly|Then|All at once], [crack!|snap!|oh dear!] The {part} {broke}. "
     "[{friend} felt {sad}. \"I am sorry,\" {friend.he} {said}.|{hero} began to cry.|"
     "{hero} was {sad}. \"My poor {thing}!\" {he} cried.]\n\n"
     "They {went} to {helper}. \"[Can you fix|Please help us mend|What can we do with] {it}?\" "
     "[asked|begged] {hero}. {helper} [looked at the {part}|{thought2}|smiled {softly}]. "
     "\"[We need|All it needs is|Bring me] {tool},\" {helper.he} {speaks}. "
     "<{friend} [held|turned] the {thing}.|{helper} fixed the {part} with {tool}.> "
     "[Soon|In the end|By noon] the {toy} was as good as new, and {hero} could {use} it again. "
     "{thanks} {he} {speaks}."},
    {"thought2", "[hummed|nodded {softly}|put on {helper.his} glasses]"},

    {"share",
     "{friend} [looked at|saw|liked] the {thing}. \"[May I|Can I|Please, can I] {use} it too?\" "
     "{friend.he} {asked}. \"No! It is mine,\" [said|shouted|answered] {hero}. "
     "{friend} [{went} away|sat down {spot}] and felt {sad}.\n\n"
     "[{hero} {used} it alone, but it was [no fun|lonely|boring].|Now {hero} was alone and {sad}.] "
     "{Helper} saw it and said {softly}, \"[A {thing} is more fun with a friend.|Sharing makes two "
     "people happy.|Would you like to be alone, {hero}?]\" {Hero} {thought}. "
     "{then}, {he} {went} to {friend}. \"[I am sorry|I was wrong|Please come back],\" {he} "
     "{speaks}. "
     "\"You can {use} it [first|now|as long as you like].\" {friend} {smiled}[ {softly}|]. "
     "[They took turns with the {toy}.|Together they {used} it until it was late.|"
     "{friend} gave {him} some {food}, and they {used} it together.]"},

    {"rescue",
     "[Suddenly|Just then|While they played], they heard a [small|soft|strange|sad] sound. "
     "A [tiny|young|little] {creature} was stuck {spot}. It {cried}[ and {cried}|]. "
     "\"[Poor thing|Do not be afraid|We must help it]!\" said [{hero}|{friend}].\n\n"
     "<{hero} pulled, but it [did not move|was too heavy].|{friend} pushed, but {friend.he} "
     "[slipped|"
     "was not strong enough].> "
     "\"[We need help|Let us get {helper}|{Helper} will know what to do],\" {speaks} {friend}. "
     "{helper} came with {tool2}. {then}, {all3}, and the {creature} was free. It {cried} "
     "{happily} "
     "and [gave {hero} a {item}|flew around|followed {him} home|licked {his} hand].[ {hero} named "
     "it {petname}.| \"You are {friend.trait}, {friend},\" {speaks} {hero}.|]"},
    {"tool2", "[a rope|a ladder|a long stick|a shovel|some {food}]"},
    {"all3", "[they all pulled together|{number} neighbors lifted it|they counted to {number}]"},
    {"happily", "[happily|loudly|with joy]"},
    {"petname", "[Spot|Dot|Lucky|Button|Pepper|Sunny|Biscuit|Star]"},

    {"count",
     "\"Let us find {items}!\" said [{hero}|{friend}]. They {looked} [everywhere|up and down|high "
     "and "
     "low]. <{hero} found {number} {items} {spot}.|{friend} found one {item} {wrong}.> "
     "\"You have {number} and I have one,\" {speaks} {friend}. {Friend.he} was {sad}.\n\n"
     "{hero} {thought}. \"[Put yours with mine|Let us add them], and we have {more},\" {he} "
     "{speaks}. "
     "[They counted them all: {more} {items}!|{friend} counted. There were {more} {items}.] "
     "They put them in {his} {thing2} and {went} to {helper}. \"{More} {items}!\" {speaks} "
     "{helper}. "
     "\"[How {good}|What a treasure|Well done]!\" {Helper.he} [gave them some {food}|"
     "made a necklace from the {items}|put them on a shelf]. But one {item} "
     "[fell|rolled away|was lost], so {number} were left."},
    {"thing2", "[bag|pocket|cap|box|jar]"},

    {"cook",
     "{hero} and {friend} were hungry. \"Let us make {food},\" {speaks} {friend}. "
     "[They {went} to {helper}, who had a big kitchen.|{helper} gave them a {color} bowl.] "
     "<{hero} brought the {ingredient}.|{friend} washed the {look} pan.> "
     "But [they had no {ingredient2}|they had run out of {ingredient2}]. "
     "\"No {ingredient2}, no {food}!\" {friend} {cried2}.\n\n"
     "{hero} had a {good} idea. {He} {went} to [the neighbors|the shop|the farm] and gave "
     "[them|them "
     "{number}] {items} for some {ingredient2}. {then}, they mixed the {ingredient} and the "
     "{ingredient2} and waited. [It smelled {good}.|The kitchen grew warm.] The {food} tasted "
     "[sweet|{good}|better than ever]. [{helper} ate {number} bowls.|They kept some for {helper}.|"
     "\"More, please!\" {speaks} {helper}.]"},
    {"cried2", "[cried|groaned|sighed|said]"},

    {"afraid",
     "But {hero} was afraid of {fear}. [When it got late|On the way home|Near the {place}], {he} "
     "[stopped|began to shake|hid {spot}|held {his} {thing} tight]. \"[I am scared of|I do not "
     "like|"
     "Please take me away from] {fear},\" {he} {said2}.\n\n"
     "{friend} did not laugh. \"[I was afraid of {fear} once|Everyone is afraid of something|You "
     "are "
     "braver than you think],\" {friend.he} said {softly}. \"{Helper} showed me what to do.\" So "
     "they "
     "{cure}. [{hero} {thought}. |]{then}, {fear} did not seem so bad. {He} [felt "
     "brave|{smiled}|was "
     "not afraid any more]. [\"I did it!\" {speaks} {hero}.|\"Look at me, {friend}!\" {he} "
     "{speaks}.|"
     "{helper} was {happy} to hear it.]"},
    {"said2", "[said|whispered|cried|sobbed]"},

    {"race",
     "\"Let us race to the [end of the {place}|fence|tree|gate],\" {speaks} {friend}. \"The winner "
     "gets "
     "{prize}.\" [One, two, three, go!|{helper} counted to "
     "{number}.] <{hero} ran fast.|{friend} ran faster.> {then}, {friend} fell {spot2} and hurt "
     "{friend.his} [knee|foot|arm|nose].\n\n"
     "{hero} [could win now|saw the end|was in front], but {he} stopped. \"[Are you hurt|Can you "
     "walk|"
     "Shall I help you], {friend}?\" {he} {asked}. {He} [helped {friend.him} up|gave {friend.him} "
     "{his} hand|tied a cloth around it]. They {went} to the end together. \"[You both win|Nobody "
     "lost|"
     "That was {trait} of you, {hero}],\" {speaks} {helper}, and gave them {prize} to share."},
    {"spot2", "[over a root|on a stone|in the mud|down]"},

    {"trade",
     "{friend} had {number} {items}. {hero} [wanted|wished for|loved] them. \"[Will you|Would "
     "you|Can "
     "you] give me your {items}?\" {he} {asked}. \"[Only for|I will trade them for] your "
     "{thing},\" "
     "said "
     "{friend}. {hero} {thought}. {then}, {he} gave {friend} the {toy} and took the {number} "
     "{items}.\n\n"
     "But at [night|home|dinner] {hero} missed {his} {thing}. {He} could not {use} it any more. "
     "\"[What is wrong|Why are you so {sad}], {hero}?\" asked {helper}. {hero} told {helper.him} "
     "about "
     "the trade. \"[Talk to {friend}|A friend will understand|Be honest],\" {helper.he} {speaks} "
     "{softly}. "
     "So {hero} {went} to {friend} with the {items}. [\"I missed them too,\" said "
     "{friend}.|{friend} "
     "{smiled}.] <{hero} got the {toy}.|{friend} got the {number} {items}.> "
     "[Now both were {happy}.|They {used} it together.]"},

    {"gift",
     "[Tomorrow|The next day|Soon it] was {friend}'s birthday. {friend} would be {number} years "
     "old. "
     "{hero} wanted to give {friend.him} a {color2} {present}, but {he} had [no money|only one "
     "{item}]. "
     "\"[You can make one|Make it yourself|I will show you how],\" {speaks} {helper}. "
     "<{hero} cut the cloth.|{helper} found {tool}.> {hero} hid it {spot}[ so nobody would see "
     "it|].\n\n"
     "{then}, {friend} came. \"[Close your eyes|Guess what I have|Look {spot}]!\" {speaks} {hero}. "
     "{friend} {looked} {spot} and saw the {color2} {present}. \"[It is beautiful!|I love it!|Did "
     "you make it yourself?]\" {friend.he} {speaks}. [They ate {food} with {number} "
     "candles.|{helper} "
     "brought {food}, "
     "and "
     "they sang.] {friend} was {happy} and let {hero} [wear|hold|try] the {present}."},

    {"learn",
     "{friend} could {skill}, but {hero} could not. \"[Teach me|Show me how|I want to learn] to "
     "{skill},\" {speaks} {hero}. {He} tried once. [It went wrong.|{He} fell.|Everyone laughed.] "
     "{He} "
     "tried "
     "{number} times, and {number} times it [went wrong|failed]. {He} was {sad}. \"I will never "
     "{skill},\" {he} {said2}.\n\n"
     "[\"Do not give up,\" {speaks} {helper}.|{helper} sat down beside {him}.] \"[The secret is "
     "this|"
     "Remember]: {advice}.\" {hero} {thought}. {He} tried again, [very slowly|with {his} eyes "
     "closed|and "
     "{friend} helped]. \"{Advice},\" {he} told {himself}. {then}, {he} could {skill}! "
     "\"[Look|Hooray|"
     "See], I can {skill}!\" {he} shouted. {friend} {smiled}, and they [did it together|practiced "
     "all "
     "{time}|showed {helper}]."},

    {"truth",
     "{hero} and {friend} {used} the {thing} in {helper}'s house. [Crash!|Bang!] It hit the "
     "{color2} "
     "{treasure}, and the {treasure} broke. \"[Nobody saw us|Let us hide it|Run]!\" {said3} "
     "{friend}. "
     "{hero} hid the {treasure} {spot}. But {he} felt {sad} and could not [eat|sleep|play].\n\n"
     "{helper} came and asked, \"Where is my {color2} {treasure}?\" {hero} {thought}. "
     "[{friend} looked at the floor. |]\"I broke it and hid it {spot},\" {he} {speaks}. \"[I am so "
     "sorry|It "
     "was the {thing}|Please do not be angry].\" {Helper} was quiet. \"[Thank you for telling "
     "me|The "
     "truth is worth more than a {treasure}|You are {trait} and honest],\" {helper.he} {speaks} "
     "{softly}. "
     "They mended the {treasure} with {tool}[, and {friend} helped|]."},
    {"said3", "[said|whispered|hissed]"},

    // ---- how they end ----
    {"ending", "[{close}|{last}]"},
    {"close",
     "[When the {weather} {time} was over|In the evening|At the end of the day|Before dinner], "
     "[{hero} and {friend}|they both|{hero}] {went} home[ with the {toy}| from the {place}|], "
     "{tired} [and|but] {happy}."},
    {"tired", "[tired|hungry|dirty|sleepy|muddy]"},
    {"last",
     "[From that day on, {hero} and {friend} [were best friends|always helped each other|"
     "came back to the {place} every {time}].|"
     "{hero} learned that [friends matter more than a {thing}|it is {good} to be {friend.trait}|"
     "{helper} is always right|asking for help is brave].|"
     "{hero} told {helper} all about the {place} and {friend}.|"
     "{hero} fell asleep and dreamed of [the {place}|the {toy}|{friend}|{number} {items}].|"
     "And [the {trait} {kind}|{hero}] and the [{friend.trait} |]{friend.kind} lived happily ever "
     "after.|\"What a {good} {time},\" {speaks} {hero}, and {friend} {smiled}.]"},
});

}  // namespace tern::demo
