"""Makes the golden files beside this script: tiny Llamas and what PyTorch computes with them.

    python3 tests/golden/make_golden.py        (needs torch >= 1.13; on Debian: python3-torch)

The model below is Hugging Face's Llama (transformers, modeling_llama.py and modeling_rope_utils.py)
in as few lines as possible. All arithmetic is float64 on weights that the files hold exactly, so
the stored numbers are the truth to float32's last bit and a test can derive its tolerance from its
own arithmetic alone. README.md beside this script lists the files.
"""

import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).resolve().parent
BATCH, TIME = 2, 16
GROUP = 16  # weights that share a scale; a row of 40 ends in a group of 8
STEPS, LEARNING_RATE, WEIGHT_DECAY, CLIP = 10, 1e-2, 0.1, 1.0

COMMON = dict(
    architectures=["LlamaForCausalLM"], model_type="llama", hidden_act="silu", rms_norm_eps=1e-5,
    vocab_size=61, num_hidden_layers=2, bos_token_id=0, eos_token_id=1, attention_bias=False,
    mlp_bias=False)
# Like SmolLM: tied embeddings, head_dim left to be hidden_size / num_attention_heads.
TIED = dict(
    COMMON, hidden_size=32, intermediate_size=40, num_attention_heads=4, num_key_value_heads=2,
    max_position_embeddings=64, rope_theta=10000.0, rope_scaling=None, tie_word_embeddings=True,
    torch_dtype="float32")
# Like Llama 3.2, but untied and with a head_dim of its own. Of the six rotation frequencies the
# first is kept, the second blended and the others are divided by the factor.
UNTIED = dict(
    COMMON, hidden_size=24, intermediate_size=40, num_attention_heads=3, num_key_value_heads=1,
    head_dim=12, max_position_embeddings=512, rope_theta=10000.0, tie_word_embeddings=False,
    rope_scaling=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                      original_max_position_embeddings=64), torch_dtype="bfloat16")


# ---- the model ----------------------------------------------------------------------------------

def head_dim(config):
    return config.get("head_dim", config["hidden_size"] // config["num_attention_heads"])


def parameter_shapes(config):
    """Name -> shape in the Hugging Face layout: a linear layer's weight is (outputs, inputs)."""
    C, F_, D = config["hidden_size"], config["intermediate_size"], head_dim(config)
    H, K = config["num_attention_heads"], config["num_key_value_heads"]
    shapes = {"model.embed_tokens.weight": (config["vocab_size"], C)}
    for layer in range(config["num_hidden_layers"]):
        shapes |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in {
            "input_layernorm": (C,),
            "self_attn.q_proj": (H * D, C),
            "self_attn.k_proj": (K * D, C),
            "self_attn.v_proj": (K * D, C),
            "self_attn.o_proj": (C, H * D),
            "post_attention_layernorm": (C,),
            "mlp.gate_proj": (F_, C),
            "mlp.up_proj": (F_, C),
            "mlp.down_proj": (C, F_)}.items()}
    shapes["model.norm.weight"] = (C,)
    if not config["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (config["vocab_size"], C)
    return shapes


def rope_frequencies(config):
    """Radians per position of each pair, (D / 2), with the scaling rope_type "llama3"."""
    D = head_dim(config)
    frequency = config["rope_theta"] ** -(torch.arange(0, D, 2, dtype=torch.float64) / D)
    scaling = config["rope_scaling"]
    if scaling is None:
        return frequency
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    original = scaling["original_max_position_embeddings"]
    wavelength = 2 * math.pi / frequency
    divided = frequency / scaling["factor"]
    smooth = (original / wavelength - low) / (high - low)
    blended = (1 - smooth) * divided + smooth * frequency
    scaled = torch.where(wavelength > original / low, divided, blended)
    return torch.where(wavelength < original / high, frequency, scaled)


def rotate(x, config):
    """Rotary embedding of x (B, H, T, D): dimension d turns with d + D / 2."""
    angle = torch.outer(torch.arange(x.shape[2], dtype=torch.float64), rope_frequencies(config))
    cos, sin = torch.cat([angle.cos()] * 2, -1), torch.cat([angle.sin()] * 2, -1)
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


def rms_norm(x, gain, config):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config["rms_norm_eps"]) * gain


def attention(x, weight, config):
    B, T, _ = x.shape
    H, K, D = config["num_attention_heads"], config["num_key_value_heads"], head_dim(config)
    q, k, v = ((x @ weight(f"self_attn.{name}_proj").T).view(B, T, heads, D).transpose(1, 2)
               for name, heads in (("q", H), ("k", K), ("v", K)))
    q, k = rotate(q, config), rotate(k, config)
    k, v = (z.repeat_interleave(H // K, dim=1) for z in (k, v))
    scores = q @ k.transpose(2, 3) / math.sqrt(D)
    scores = scores.masked_fill(torch.ones(T, T, dtype=torch.bool).triu(1), -math.inf)
    y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, H * D)
    return y @ weight("self_attn.o_proj").T


def feed_forward(x, weight):
    gated = F.silu(x @ weight("mlp.gate_proj").T) * (x @ weight("mlp.up_proj").T)
    return gated @ weight("mlp.down_proj").T


def logits_of(parameters, input_ids, config, quantize=lambda w: w):
    """Logits (B, T, V); `quantize` is applied to every matrix inside the blocks."""
    x = parameters["model.embed_tokens.weight"][input_ids]
    for layer in range(config["num_hidden_layers"]):
        def plain(name):
            return parameters[f"model.layers.{layer}.{name}.weight"]

        def weight(name):
            return quantize(plain(name))

        x = x + attention(rms_norm(x, plain("input_layernorm"), config), weight, config)
        x = x + feed_forward(rms_norm(x, plain("post_attention_layernorm"), config), weight)
    x = rms_norm(x, parameters["model.norm.weight"], config)
    head = "model.embed_tokens" if config["tie_word_embeddings"] else "lm_head"
    return x @ parameters[f"{head}.weight"].T


def ternary(strength):
    """w + strength (q - w) with q = scale * code by absmean per group; the gradient passes straight
    through to w. The scale is rounded to float16 before it is used; codes round half to even."""
    def quantize(w):
        def group_value(group):
            scale = group.abs().mean(-1, keepdim=True).half().double()
            return scale * (group / scale).clamp(-1, 1).round()

        q = torch.cat([group_value(group) for group in w.split(GROUP, dim=1)], dim=1)
        return w + (strength * (q - w)).detach()
    return quantize


# ---- what is stored -----------------------------------------------------------------------------

def random_parameters(config):
    """Weights that the model's file holds exactly. Those in float32 are odd multiples of 2^-17:
    sums over a group are then exact in float32 in any order, and no weight is half of a float16
    scale, so every implementation of the formula finds the same scales and codes."""
    def random(shape):
        mean, deviation = (1.0, 0.2) if len(shape) == 1 else (0.0, 0.15)
        w = mean + deviation * torch.randn(shape, dtype=torch.float64)
        if config["torch_dtype"] == "bfloat16":
            return w.bfloat16().double()
        return (2 * (w * 2**16).floor() + 1) / 2**17
    return {name: random(shape) for name, shape in parameter_shapes(config).items()}


def loss_of(logits, target_ids):
    return F.cross_entropy(logits.flatten(0, 1), target_ids.flatten())


def evaluate(parameters, tokens, config, quantize=lambda w: w):
    """Logits, mean cross-entropy and the gradient of every parameter."""
    leaves = {name: w.clone().requires_grad_() for name, w in parameters.items()}
    logits = logits_of(leaves, tokens[:, :-1], config, quantize)
    loss = loss_of(logits, tokens[:, 1:])
    loss.backward()
    return {
        "input_ids": tokens[:, :-1].int(), "target_ids": tokens[:, 1:].int(),
        "logits": logits.detach(), "loss": loss.detach().view(1),
        **{f"grad.{name}": leaf.grad for name, leaf in leaves.items()}}


def train(parameters, tokens, config):
    """The loss after each of a few AdamW steps, and the global gradient norm before each clip."""
    leaves = {name: w.clone().requires_grad_() for name, w in parameters.items()}
    optimizer = torch.optim.AdamW([
        dict(params=[w for w in leaves.values() if w.dim() == 2], weight_decay=WEIGHT_DECAY),
        dict(params=[w for w in leaves.values() if w.dim() == 1], weight_decay=0.0),
    ], lr=LEARNING_RATE, betas=(0.9, 0.95), eps=1e-8)
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(logits_of(leaves, tokens[:, :-1], config), tokens[:, 1:]).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(list(leaves.values()), CLIP))
        optimizer.step()
        with torch.no_grad():
            losses.append(loss_of(logits_of(leaves, tokens[:, :-1], config), tokens[:, 1:]))
    return {"step_losses": torch.stack(losses), "step_gradient_norms": torch.stack(norms)}


def write_safetensors(path, tensors, float_type=torch.float32):
    """Writes tensors by name; floating-point ones as `float_type`."""
    names = {torch.float32: "F32", torch.bfloat16: "BF16", torch.int32: "I32"}
    header, data = {}, b""
    for name, tensor in tensors.items():
        stored = tensor.to(float_type) if tensor.is_floating_point() else tensor
        integers = torch.int16 if stored.dtype == torch.bfloat16 else torch.int32
        content = stored.contiguous().view(integers).numpy().tobytes()
        header[name] = dict(dtype=names[stored.dtype], shape=list(stored.shape),
                            data_offsets=[len(data), len(data) + len(content)])
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make_case(name, config, seed, strengths=()):
    torch.manual_seed(seed)
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    parameters = random_parameters(config)
    tokens = torch.randint(config["vocab_size"], (BATCH, TIME + 1))
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_safetensors(folder / "model.safetensors", parameters,
                      getattr(torch, config["torch_dtype"]))
    golden = evaluate(parameters, tokens, config) | train(parameters, tokens, config)
    write_safetensors(folder / "golden.safetensors", golden)
    print(f"{name}: loss {golden['loss'].item():.6f}, after each step",
          " ".join(f"{loss:.4f}" for loss in golden["step_losses"]))
    for strength in strengths:
        golden = evaluate(parameters, tokens, config, ternary(strength))
        write_safetensors(folder / f"ternary_{strength}.safetensors", golden)
        print(f"{name}, ternary with lambda {strength}: loss {golden['loss'].item():.6f}")


if __name__ == "__main__":
    print("torch", torch.__version__)
    make_case("tied", TIED, seed=1, strengths=(1.0, 0.5))
    make_case("untied", UNTIED, seed=2)
