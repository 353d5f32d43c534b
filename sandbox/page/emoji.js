// Emoji by the names that Slack gives them.

const LIST = `+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|white_check_mark ✅|question ❓|hourglass ⌛|hourglass_flowing_sand ⏳|memo 📝|pencil 📝
heart ❤️|eyes 👀|tada 🎉|clap 👏|pray 🙏|raised_hands 🙌|ok_hand 👌|wave 👋|muscle 💪|point_up ☝️|point_right 👉|point_left 👈|point_down 👇
point_up_2 👆|raised_hand ✋|hand ✋|handshake 🤝|writing_hand ✍️|crossed_fingers 🤞|v ✌️|fist ✊|facepunch 👊|call_me_hand 🤙
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing 😆|joy 😂|rolling_on_the_floor_laughing 🤣|sweat_smile 😅|blush 😊|slightly_smiling_face 🙂
upside_down_face 🙃|wink 😉|heart_eyes 😍|star-struck 🤩|sunglasses 😎|thinking_face 🤔|neutral_face 😐|expressionless 😑|unamused 😒
face_with_rolling_eyes 🙄|grimacing 😬|relieved 😌|pensive 😔|sleeping 😴|mask 😷|dizzy_face 😵|exploding_head 🤯|confused 😕|worried 😟
slightly_frowning_face 🙁|open_mouth 😮|astonished 😲|flushed 😳|cry 😢|sob 😭|scream 😱|disappointed 😞|weary 😩|tired_face 😫|triumph 😤
rage 😡|angry 😠|shrug 🤷|facepalm 🤦|robot_face 🤖|skull 💀|ghost 👻|hugging_face 🤗|partying_face 🥳|salute 🫡|saluting_face 🫡
fire 🔥|rocket 🚀|star ⭐|star2 🌟|sparkles ✨|zap ⚡|boom 💥|100 💯|trophy 🏆|medal 🏅|first_place_medal 🥇|dart 🎯|bulb 💡|gem 💎
x ❌|heavy_check_mark ✔️|ballot_box_with_check ☑️|heavy_plus_sign ➕|heavy_minus_sign ➖|heavy_multiplication_x ✖️|exclamation ❗|grey_question ❔
bangbang ‼️|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|rotating_light 🚨|sos 🆘|information_source ℹ️|new 🆕|free 🆓|up 🆙|ok 🆗
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫
large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|repeat 🔁
leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|fast_forward ⏩|rewind ⏪|arrow_forward ▶️|double_vertical_bar ⏸️
speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|mega 📣|loudspeaker 📢|bell 🔔|no_bell 🔕|mute 🔇|ear 👂|microphone 🎤|studio_microphone 🎙️
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|clipboard 📋|page_facing_up 📄|page_with_curl 📃|books 📚|book 📖
open_book 📖|bookmark 🔖|label 🏷️|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|file_cabinet 🗄️|newspaper 📰|scroll 📜|notebook 📓
spiral_note_pad 🗒️|paperclip 📎|link 🔗|pushpin 📌|round_pushpin 📍|scissors ✂️|lock 🔒|unlock 🔓|key 🔑|mag 🔍|mag_right 🔎|wastebasket 🗑️
email 📧|envelope ✉️|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤|package 📦|mailbox 📫|calendar 📆|date 📅|spiral_calendar_pad 🗓️
clock9 🕘|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|watch ⌚|crescent_moon 🌙|sunny ☀️|sunrise 🌅|ocean 🌊|seedling 🌱|herb 🌿|four_leaf_clover 🍀
palm_tree 🌴|face_with_thermometer 🤒|house_with_garden 🏡|airplane ✈️|car 🚗|train 🚆|snowflake ❄️|rainbow 🌈|cloud ☁️|umbrella ☔|earth_africa 🌍|globe_with_meridians 🌐|world_map 🗺️|house 🏠|office 🏢|hospital 🏥|factory 🏭
coffee ☕|tea 🍵|beers 🍻|pizza 🍕|cake 🍰|birthday 🎂|gift 🎁|balloon 🎈|confetti_ball 🎊|shield 🛡️|hammer 🔨|wrench 🔧|gear ⚙️
hammer_and_wrench 🛠️|scales ⚖️|balance_scale ⚖️|microscope 🔬|test_tube 🧪|pill 💊|syringe 💉|stethoscope 🩺|bone 🦴|brain 🧠|dna 🧬
telephone_receiver 📞|iphone 📱|computer 💻|desktop_computer 🖥️|camera 📷|movie_camera 🎥|art 🎨|frame_with_picture 🖼️|moneybag 💰|dollar 💵
bust_in_silhouette 👤|busts_in_silhouette 👥|handball 🤾|man-shrugging 🤷‍♂️|woman-shrugging 🤷‍♀️|see_no_evil 🙈|turtle 🐢|unicorn_face 🦄|bug 🐛
broken_heart 💔|blue_heart 💙|green_heart 💚|yellow_heart 💛|purple_heart 💜|orange_heart 🧡|black_heart 🖤|white_heart 🤍
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|zzz 💤|checkered_flag 🏁|triangular_flag_on_post 🚩`;

const GLYPHS = new Map(
  LIST.split(/[|\n]/).map((entry) => {
    const [name, glyph] = entry.trim().split(" ");
    return [name, glyph];
  }),
);

const TONES = { 2: "\u{1F3FB}", 3: "\u{1F3FC}", 4: "\u{1F3FD}", 5: "\u{1F3FE}", 6: "\u{1F3FF}" };

/** The emoji called `name` ('+1', 'wave::skin-tone-3'), or null where we do not know it. */
export function glyph(name) {
  const [base, tone] = name.split("::skin-tone-");
  const found = GLYPHS.get(base);
  return found ? found + (TONES[tone] || "") : null;
}

/** Names whose name holds `query`, each picture once. */
export function emojiLike(query) {
  const wanted = query.trim().toLowerCase().replace(/:/g, "").replace(/ /g, "_");
  const seen = new Set();
  return [...GLYPHS].filter(([name, picture]) => {
    if (!name.includes(wanted) || seen.has(picture)) return false;
    seen.add(picture);
    return true;
  });
}

/** Replace :names: in plain text by their pictures. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (whole, name) => glyph(name) || whole);
}

/** The few that a sales team needs most, in front of the others. */
export const FAVOURITES = ["+1", "-1", "white_check_mark", "question", "hourglass", "memo", "heart", "eyes"];
