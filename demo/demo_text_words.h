#pragma once

#include <array>
#include <string_view>

/// What a demo story can be about. One row is one coherent choice; demo_text_plots.h tells the
/// story.
namespace tern::demo {

struct Pronoun {
  std::string_view he, him, his, himself, child;
};

inline constexpr Pronoun kShe = {"she", "her", "her", "herself", "girl"};
inline constexpr Pronoun kHe = {"he", "him", "his", "himself", "boy"};

struct Person {
  std::string_view name;
  const Pronoun& pronoun;
};

inline constexpr auto kNames = std::to_array<Person>({
    {"Lily", kShe},  {"Mia", kShe},   {"Anna", kShe},  {"Ella", kShe},   {"Ruby", kShe},
    {"Nora", kShe},  {"Lucy", kShe},  {"Rosie", kShe}, {"Zoe", kShe},    {"Clara", kShe},
    {"Molly", kShe}, {"Tess", kShe},  {"Maya", kShe},  {"Alice", kShe},  {"Emma", kShe},
    {"Sara", kShe},  {"Jane", kShe},  {"Dora", kShe},  {"Bella", kShe},  {"Polly", kShe},
    {"Nina", kShe},  {"Kate", kShe},  {"Lotte", kShe}, {"Amy", kShe},    {"Tom", kHe},
    {"Ben", kHe},    {"Max", kHe},    {"Sam", kHe},    {"Leo", kHe},     {"Tim", kHe},
    {"Finn", kHe},   {"Oscar", kHe},  {"Hugo", kHe},   {"Theo", kHe},    {"Noah", kHe},
    {"Eli", kHe},    {"Milo", kHe},   {"Toby", kHe},   {"Jake", kHe},    {"Ravi", kHe},
    {"Omar", kHe},   {"Felix", kHe},  {"Otto", kHe},   {"Henry", kHe},   {"Kai", kHe},
    {"Luke", kHe},   {"Pete", kHe},   {"Alfie", kHe},  {"Erik", kHe},    {"Paul", kHe},
    {"Simon", kHe},  {"Victor", kHe}, {"Arlo", kHe},   {"Rufus", kHe},   {"Bruno", kHe},
    {"Walter", kHe}, {"Ida", kShe},   {"Greta", kShe}, {"Stella", kShe}, {"Vera", kShe},
    {"Carla", kShe}, {"Helen", kShe}, {"Paula", kShe}, {"Tilda", kShe},
});

inline constexpr auto kFamily = std::to_array<Person>({
    {"Mom", kShe},
    {"Dad", kHe},
    {"Grandma", kShe},
    {"Grandpa", kHe},
    {"Aunt May", kShe},
    {"Uncle Bob", kHe},
    {"Mrs. Green", kShe},
    {"Mr. Hill", kHe},
});

inline constexpr auto kElders = std::to_array<Person>({
    {"Old Owl", kHe},
    {"Granny Turtle", kShe},
    {"Mrs. Mole", kShe},
    {"Mr. Heron", kHe},
    {"Auntie Deer", kShe},
    {"Father Goat", kHe},
    {"Queen Bee", kShe},
    {"Uncle Toad", kHe},
});

inline constexpr auto kAnimals = std::to_array<std::string_view>(
    {"rabbit", "fox", "bear", "mouse", "squirrel", "hedgehog", "duck", "frog", "cat", "puppy",
     "otter", "badger", "beaver", "penguin", "pony", "pig", "monkey", "elephant"});

/// A toy or treasure, what one does with it, did with it, and how it breaks.
struct Thing {
  std::string_view noun, use, used, part, broke;
};

inline constexpr auto kThings = std::to_array<Thing>({
    {"kite", "fly", "flew", "string", "snapped"},
    {"boat", "sail", "sailed", "mast", "cracked"},
    {"drum", "play", "played", "top", "split"},
    {"train", "push", "pushed", "wheel", "fell off"},
    {"wagon", "pull", "pulled", "handle", "came off"},
    {"bike", "ride", "rode", "chain", "broke"},
    {"scooter", "ride", "rode", "wheel", "bent"},
    {"doll", "hug", "hugged", "arm", "came off"},
    {"teddy", "hug", "hugged", "ear", "came off"},
    {"robot", "wind up", "wound up", "leg", "got stuck"},
    {"puppet", "wave", "waved", "button", "popped off"},
    {"hat", "wear", "wore", "ribbon", "tore"},
    {"scarf", "wear", "wore", "edge", "tore"},
    {"flute", "play", "played", "end", "cracked"},
    {"guitar", "play", "played", "string", "snapped"},
    {"lantern", "carry", "carried", "glass", "cracked"},
    {"basket", "carry", "carried", "bottom", "broke"},
    {"umbrella", "open", "opened", "handle", "bent"},
    {"book", "read", "read", "cover", "tore"},
    {"map", "follow", "followed", "corner", "ripped"},
    {"rocket", "launch", "launched", "nose", "bent"},
    {"car", "race", "raced", "wheel", "fell off"},
    {"plane", "fly", "flew", "wing", "cracked"},
    {"truck", "push", "pushed", "door", "fell off"},
    {"crown", "wear", "wore", "point", "bent"},
    {"bell", "ring", "rang", "handle", "cracked"},
    {"cape", "wear", "wore", "button", "popped off"},
    {"whistle", "blow", "blew", "cord", "snapped"},
    {"bucket", "fill", "filled", "handle", "came off"},
    {"music box", "open", "opened", "lid", "got stuck"},
});

inline constexpr auto kColors = std::to_array<std::string_view>(
    {"red", "blue", "green", "yellow", "orange", "purple", "pink", "golden", "silver", "white"});

inline constexpr auto kLooks = std::to_array<std::string_view>(
    {"shiny",  "little", "big",     "old",    "new",  "pretty",   "special",
     "lovely", "funny",  "tiny",    "bright", "soft", "simple",   "splendid",
     "famous", "plain",  "curious", "heavy",  "odd",  "beautiful"});

/// A place, three corners of it where something can be, and what goes on there.
struct Place {
  std::string_view at, noun;
  std::array<std::string_view, 3> spots;
  std::string_view sight;
};

inline constexpr auto kPlaces = std::to_array<Place>({
    {"in the garden",
     "garden",
     {"under the bench", "behind the roses", "next to the gate"},
     "bees hummed around the flowers"},
    {"at the beach",
     "beach",
     {"behind a rock", "beside the sand castle", "under a towel"},
     "waves rolled onto the sand"},
    {"in the park",
     "park",
     {"by the swings", "under the slide", "behind a tall tree"},
     "children laughed and played"},
    {"in the forest",
     "forest",
     {"under a log", "behind a mossy stone", "beside the stream"},
     "the leaves whispered"},
    {"on the farm",
     "farm",
     {"behind the barn", "under the hay", "near the well"},
     "the hens pecked at the corn"},
    {"by the lake",
     "lake",
     {"among the reeds", "under the dock", "beside the old canoe"},
     "fish jumped out of the water"},
    {"at the market",
     "market",
     {"between the crates", "under a table", "behind the bread cart"},
     "people sold fruit and cloth"},
    {"on the hill",
     "hill",
     {"in the tall grass", "below the oak", "beside the path"},
     "sheep nibbled the clover"},
    {"in the meadow",
     "meadow",
     {"among the daisies", "by the fence", "under a willow"},
     "butterflies danced in the air"},
    {"in the village",
     "village",
     {"by the fountain", "behind the bakery", "on the stone steps"},
     "the church clock ticked"},
    {"by the river",
     "river",
     {"under the bridge", "behind a bush", "on the muddy bank"},
     "the water gurgled"},
    {"in the orchard",
     "orchard",
     {"under a ladder", "beside the wall", "among the apple trees"},
     "ripe fruit hung from every branch"},
    {"at the harbor",
     "harbor",
     {"behind the ropes", "under a net", "beside the lighthouse"},
     "gulls circled over the ships"},
    {"in the playground",
     "playground",
     {"in the sandbox", "under the climbing frame", "behind the shed"},
     "a seesaw creaked"},
});

struct Item {
  std::string_view one, many;
};

inline constexpr auto kItems = std::to_array<Item>({
    {"shell", "shells"},
    {"stone", "stones"},
    {"leaf", "leaves"},
    {"feather", "feathers"},
    {"acorn", "acorns"},
    {"flower", "flowers"},
    {"marble", "marbles"},
    {"coin", "coins"},
    {"bead", "beads"},
    {"pinecone", "pinecones"},
    {"button", "buttons"},
    {"sticker", "stickers"},
});

inline constexpr auto kNumbers = std::to_array<std::string_view>(
    {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"});

inline constexpr auto kFoods = std::to_array<std::string_view>(
    {"cookies", "pancakes", "muffins", "soup",    "cake",      "bread",    "pie",
     "popcorn", "noodles",  "jam",     "waffles", "salad",     "porridge", "crackers",
     "toast",   "rice",     "stew",    "pudding", "dumplings", "buns"});

inline constexpr auto kIngredients =
    std::to_array<std::string_view>({"eggs", "flour", "sugar", "milk", "butter", "honey", "apples",
                                     "berries", "carrots", "nuts", "salt", "cream"});

/// A small animal in trouble and its voice.
struct Creature {
  std::string_view noun, cried;
};

inline constexpr auto kCreatures = std::to_array<Creature>({
    {"bird", "chirped"},
    {"duckling", "peeped"},
    {"kitten", "meowed"},
    {"lamb", "bleated"},
    {"calf", "mooed"},
    {"chipmunk", "squeaked"},
    {"bee", "buzzed"},
    {"goose", "honked"},
    {"piglet", "oinked"},
    {"toad", "croaked"},
    {"wolf cub", "howled"},
    {"crow", "cawed"},
});

/// What someone is afraid of, and what helps.
struct Fear {
  std::string_view noun, cure;
};

inline constexpr auto kFears = std::to_array<Fear>({
    {"the dark", "counted the stars"},
    {"the thunder", "sang a loud song"},
    {"the deep water", "held hands and breathed slowly"},
    {"the big dog", "gave it a biscuit"},
    {"the tall slide", "took one small step at a time"},
    {"the noisy geese", "waited until they waddled away"},
    {"the spider", "watched it weave its web"},
    {"the empty house", "opened all the curtains"},
});

/// Something to learn, and the advice that makes it work.
struct Skill {
  std::string_view verb, advice;
};

inline constexpr auto kSkills = std::to_array<Skill>({
    {"swim", "kick your feet"},
    {"juggle", "watch your hands"},
    {"skate", "bend your knees"},
    {"dance", "listen to the beat"},
    {"climb the rope", "hold on tight"},
    {"bake", "stir slowly"},
    {"sing", "take a deep breath"},
    {"draw", "look closely"},
    {"jump rope", "count out loud"},
    {"tie a knot", "make a loop first"},
});

struct Weather {
  std::string_view adjective, sky;
};

inline constexpr auto kWeathers = std::to_array<Weather>({
    {"sunny", "the sun was warm"},
    {"windy", "the wind pushed the clouds along"},
    {"rainy", "soft rain fell"},
    {"cloudy", "gray clouds filled the sky"},
    {"snowy", "snow covered the ground"},
    {"foggy", "the mist was thick"},
    {"cold", "there was ice everywhere"},
    {"hot", "there was no wind at all"},
});

inline constexpr auto kTimes = std::to_array<std::string_view>(
    {"morning", "afternoon", "day", "Saturday", "Sunday", "Monday", "Friday", "evening"});

inline constexpr auto kTraits = std::to_array<std::string_view>(
    {"kind", "brave", "curious", "shy",     "clever",   "cheerful", "gentle",   "quiet",
     "busy", "silly", "careful", "patient", "stubborn", "dreamy",   "lively",   "polite",
     "bold", "funny", "tidy",    "honest",  "hungry",   "serious",  "friendly", "calm"});

/// What a broken thing is mended with.
inline constexpr auto kTools = std::to_array<std::string_view>(
    {"glue", "tape", "a needle and thread", "a hammer and a nail", "a piece of wire", "a ribbon",
     "a strong knot", "a rubber band"});

/// What one can make for a friend to wear.
inline constexpr auto kPresents =
    std::to_array<std::string_view>({"belt", "mask", "bracelet", "necklace", "vest", "apron",
                                     "sweater", "bonnet", "shawl", "badge"});

/// What the winner of a race gets.
inline constexpr auto kPrizes = std::to_array<std::string_view>(
    {"a gold medal", "a paper crown", "a big cake", "a bag of nuts", "a blue ribbon",
     "a silver cup", "a jar of honey", "a basket of plums"});

/// Something of the helper's that should not be broken.
inline constexpr auto kTreasures = std::to_array<std::string_view>(
    {"vase", "teapot", "mirror", "plate", "clock", "mug", "lamp", "jar"});

}  // namespace tern::demo
