"""How fast is the engine? Everything is timed side by side, in interleaved rounds of one run.

    python benchmarks/speed.py              # writes benchmarks/speed.csv
    python benchmarks/speed.py update fit   # some parts only: update, fit, folds, rows, classes

`update`  one generator update of the Wasserstein GAN with five critic steps, against a Keras 3 `fit` with a custom
          `train_step` of the same networks, and against the arithmetic: the operations of the update over the rate
          of single-threaded matrix products of the same shapes.
`fit`     a whole default fit against CTGAN's defaults (pip install ctgan; skipped where it is missing).
`folds`   25 fits of a 5x5 cross-validation.
`rows`    a million rows of 30 columns from 10,000 and from 50,000: refined, and made by `fit_resample`, against
          imbalanced-learn's SMOTE; each in a process of its own, so that its peak of memory is its own (Linux only).
`classes` ten classes, one of 100,000 rows and nine of 5,000, brought to a million rows, in the same way.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd

FOLDER, ROUNDS = Path(__file__).parent, 7


def interleaved(functions: dict, rounds: int = ROUNDS) -> pd.DataFrame:
    """Seconds of each function, called in turn, round after round; the first, cold call is kept apart."""
    lines = []
    for number in range(rounds + 1):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            lines.append({"what": name, "round": number, "seconds": time.perf_counter() - start})
    return pd.DataFrame(lines)


def summarise(times: pd.DataFrame, part: str, case: str, per: int = 1) -> list[dict]:
    """Median and range of the warm rounds, and the cold one, in seconds for one of `per`."""
    lines = []
    for what, group in times.groupby("what", sort=False):
        warm = group.loc[group["round"] > 0, "seconds"] / per
        lines.append({"part": part, "case": case, "what": what, "median": warm.median(), "least": warm.min(),
                      "most": warm.max(), "cold": group.loc[group["round"] == 0, "seconds"].item()})
    return lines


# ---- one update -------------------------------------------------------------------------------------------------

def keras_model(d: int, noise_dim: int, generator_units, critic_units):
    """The same two networks and losses, the way Keras' own examples write a Wasserstein GAN."""
    import keras
    import tensorflow as tf

    def dense(inputs, units, outputs):
        layers = [layer for size in units for layer in (keras.layers.Dense(size), keras.layers.LeakyReLU(0.2))]
        return keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(outputs)])

    class KerasWGAN(keras.Model):
        def __init__(self):
            super().__init__()
            self.generator = dense(d + noise_dim, generator_units, d)
            self.critic = dense(d, critic_units, 1)
            self.adams = [keras.optimizers.Adam(rate, 0.5, 0.9) for rate in (5e-4, 1e-3)]

        def fake(self, start):
            noise = tf.random.normal((tf.shape(start)[0], noise_dim))
            return self.generator(tf.concat([start, noise], axis=1), training=True)

        def train_step(self, data):
            reals, starts = (tf.split(part, 6) for part in data)  # five critic steps and one of the generator
            for real, start in zip(reals[:5], starts[:5], strict=True):
                fake = self.fake(start)
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(self.critic(fake, training=True)) - tf.reduce_mean(
                        self.critic(real, training=True))
                    mix = tf.random.uniform((tf.shape(real)[0], 1))
                    between = mix * real + (1 - mix) * fake
                    with tf.GradientTape() as inner:
                        inner.watch(between)
                        score = self.critic(between, training=True)
                    norm = tf.sqrt(tf.reduce_sum(inner.gradient(score, between) ** 2, axis=1) + 1e-12)
                    loss += 10.0 * tf.reduce_mean((norm - 1) ** 2)
                weights = self.critic.trainable_variables
                self.adams[1].apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            with tf.GradientTape() as tape:
                generator_loss = -tf.reduce_mean(self.critic(self.fake(starts[5]), training=True))
            weights = self.generator.trainable_variables
            self.adams[0].apply_gradients(zip(tape.gradient(generator_loss, weights), weights, strict=True))
            return {"critic": loss, "generator": generator_loss}

    return KerasWGAN()


def update_operations(d: int, batch: int, noise_dim: int, generator_units, critic_units) -> list[tuple]:
    """Every matrix product (rows, inner, columns) of an update with five critic steps."""
    generator = list(zip([d + noise_dim, *generator_units], [*generator_units, d], strict=True))
    critic = list(zip([d, *critic_units], [*critic_units, 1], strict=True))
    step = [(batch, a, b) for a, b in generator]                        # the synthetic rows
    step += [(3 * batch, a, b) for a, b in critic]                      # scores of real, synthetic and between
    step += [(3 * batch, b, a) for a, b in critic[1:]]                  # back through the layers
    step += [(batch, critic[0][1], d)]                                  # slope between
    step += [(batch, a, b) for a, b in critic[:-1]]                     # the penalty, forward
    step += [(a, 3 * batch, b) for a, b in critic]                      # gradients of the kernels
    last = [(batch, a, b) for a, b in generator] + [(batch, a, b) for a, b in critic]
    last += [(batch, b, a) for a, b in critic] + [(batch, b, a) for a, b in generator[1:]]
    last += [(a, batch, b) for a, b in generator]
    return 5 * step + last


def arithmetic_bound(products: list[tuple]) -> float:
    """Seconds that the products take at the rate of single-threaded NumPy at these shapes, no more work done."""
    from threadpoolctl import threadpool_limits

    rng, total = np.random.default_rng(0), 0.0
    with threadpool_limits(1):
        for shape in sorted(set(products)):
            rows, inner, columns = shape
            a, b = rng.random((rows, inner), np.float32), rng.random((inner, columns), np.float32)
            out = np.empty((rows, columns), np.float32)
            times = []
            for _ in range(30):
                start = time.perf_counter()
                for _ in range(20):
                    np.matmul(a, b, out=out)
                times.append((time.perf_counter() - start) / 20)
            total += min(times) * products.count(shape)
    return total


def bench_update() -> list[dict]:
    """Our engine, Keras and the bound."""
    import keras
    import tensorflow as tf

    from smotegan import fast
    from smotegan.generators import GENERATORS, init_generator, init_mlp
    from smotegan.training import LOSSES, Hyperparameters, draw_batches

    lines, updates, noise = [], 100, 8
    forms = {"64-64": lambda d: ((64, 64), (64, 64)), "original form": lambda d: ((2 * d, 4 * d, 2 * d), (d // 2,))}
    cases = [(form, d, 32) for form in forms for d in (8, 10, 30, 35)] + [("64-64", 30, 256)]
    for form, d, batch in cases:
        generator_units, critic_units = forms[form](d)
        rng = np.random.default_rng(0)
        X = rng.normal(size=(512, d)).astype("float32")
        full = GENERATORS["full"]
        nets = init_generator(full, rng, 1, d, noise, generator_units), init_mlp(rng, 1, [d, *critic_units, 1])
        config = fast.StaticConfig(LOSSES["wgan"], full, 5, *map(fast.shapes_of, nets))
        data = fast.padded_data(X, X, np.zeros((1, 512, 10), int))
        hyper = Hyperparameters(*map(tf.constant, (5e-4, 1e-3, 10.0, 0.5, 0.99, 0.0)))
        everything = [np.arange(512)]
        chunk = fast.compiled_chunk(fast.update, config, True, d, batch)
        state = fast.init_state(*nets)

        def ours(chunk=chunk, hyper=hyper, state=state, data=data, everything=everything, rng=rng, batch=batch):
            drawn = draw_batches(rng, updates, 5, batch, everything, everything, noise)
            chunk(hyper, state, data, drawn, tf.constant(updates))[1].numpy()

        model = keras_model(d, noise, generator_units, critic_units)
        model.compile()
        rows = np.resize(X, (6 * batch * updates, d))
        batches = tf.data.Dataset.from_tensor_slices((rows, rows)).batch(6 * batch, drop_remainder=True).cache()

        times = interleaved({"smotegan": ours, "Keras fit": lambda m=model, b=batches: m.fit(b, verbose=0)})
        case = f"{form}, d={d}, batch {batch}"
        lines += summarise(times, "update", case, updates)
        bound = arithmetic_bound(update_operations(d, batch, noise, generator_units, critic_units))
        lines.append({"part": "update", "case": case, "what": "arithmetic", "median": bound})
        print(pd.DataFrame(lines[-3:]).to_string(), flush=True)
        keras.backend.clear_session()
    return lines


# ---- whole fits -------------------------------------------------------------------------------------------------

def minority(n: int) -> np.ndarray:
    """The minority rows of a data set with `n` of them: Yeast 2-vs-4, Page blocks, or drawn like software defects."""
    from smotegan import load_dataset

    names = {51: "yeast_2_vs_4", 559: "page_blocks0"}
    if n in names:
        X, y = load_dataset(names[n])
        return X.to_numpy(float)[y == 1]
    rng = np.random.default_rng(0)
    return np.exp(rng.normal(size=(n, 5)) @ rng.normal(size=(5, 35)) / 2)


def fit_ours(X: np.ndarray) -> None:
    """SMOTE's pool and a default GAN."""
    from smotegan import GAN
    from smotegan.smote import smote

    Z = (X - X.mean(0)) / np.where(X.std(0) > 0, X.std(0), 1)
    pool = smote(Z, 1000, random_state=0)
    GAN(random_state=0).fit(Z, pool.X, parents=np.column_stack([pool.base, pool.neighbor]))


def bench_fit() -> list[dict]:
    """A default fit against CTGAN's; every size in a process of its own, so that the first fit is cold."""
    lines = []
    for n in (51, 559, 835):
        out = subprocess.run([sys.executable, __file__, "--fit", str(n)], capture_output=True, text=True, check=False)
        print(out.stdout, out.stderr[-500:] if out.returncode else "", flush=True)
        if out.returncode == 0:
            lines += pd.read_json(io.StringIO(out.stdout.splitlines()[-1])).to_dict("records")
    return lines


def fit_process(n: int) -> None:
    """Time the fits on `n` rows and print them as JSON."""
    import tensorflow as tf

    tf.constant(0.0)
    X, functions = minority(n), {}
    functions["smotegan"] = lambda: fit_ours(X)
    try:
        from ctgan import CTGAN

        table = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
        functions["CTGAN"] = lambda: CTGAN(enable_gpu=False).fit(table)
    except ImportError:
        print("CTGAN is not installed: left out")
    print(pd.DataFrame(summarise(interleaved(functions, 5), "fit", f"{n} rows")).to_json(orient="records"))


def bench_folds() -> list[dict]:
    """25 fits of a 5x5 cross-validation, with the row counts that it brings."""
    from sklearn.model_selection import RepeatedStratifiedKFold

    from smotegan import SMOTEGAN, load_dataset

    X, y = load_dataset("yeast_2_vs_4")
    X, y, times = X.to_numpy(float), y.to_numpy(), []
    for train, _ in RepeatedStratifiedKFold(n_splits=5, n_repeats=5, random_state=0).split(X, y):
        start = time.perf_counter()
        SMOTEGAN(random_state=0).fit_resample(X[train], y[train])
        times.append(time.perf_counter() - start)
    warm = pd.Series(times[1:])
    return [{"part": "folds", "case": "yeast_2_vs_4, 5x5", "what": "fit_resample", "median": warm.median(),
             "least": warm.min(), "most": warm.max(), "cold": times[0]}]


# ---- a million rows ---------------------------------------------------------------------------------------------

JOBS = ("imbalanced-learn SMOTE", "fit_resample", "refine")


def memory_MB(field: str) -> float:
    """What Linux says of this process: VmRSS is its memory now, VmHWM the most it had since `forget_peak`."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def forget_peak() -> float:
    """Let the peak of memory begin anew; returns the memory now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    return memory_MB("VmRSS")


def maker(name: str, case: str):
    """A function that makes a million rows of 30 columns by one of the `JOBS`."""
    from imblearn.over_sampling import SMOTE

    from smotegan import GAN, SMOTEGAN
    from smotegan.smote import smote

    n, rng = 1_000_000, np.random.default_rng(0)
    counts = [100_000] + [5_000] * 9 if case == "classes" else [100, int(case)]
    X, y = rng.normal(size=(sum(counts), 30)), np.repeat(np.arange(len(counts)), counts)
    strategy = "auto" if case == "classes" else {0: 100, 1: counts[1] + n}
    if name == "refine":
        real = X[y == 1]
        proposed = smote(real, n, random_state=0)
        parents = np.column_stack([proposed.base, proposed.neighbor])
        gan = GAN(random_state=0, guard=False).fit(real, proposed.X[:1000], parents[:1000])
        return lambda: gan.refine(proposed.X, 0, proposed.anchor)
    sampler = SMOTE(sampling_strategy=strategy, random_state=0) if name == JOBS[0] else SMOTEGAN(
        gan=GAN(guard=False), sampling_strategy=strategy, random_state=0)
    return lambda: sampler.fit_resample(X, y)


def job(name: str, case: str) -> None:
    """Make a million rows twice; print seconds, cold and warm, the memory before, and the peak of the first call."""
    import tensorflow as tf

    tf.constant(0.0)
    run = maker(name, case)
    before, seconds, peaks = forget_peak(), [], []
    for _ in range(2):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
        peaks.append(memory_MB("VmHWM"))
        del result
    print("RESULT", *seconds, before, peaks[0])


def bench_jobs(part: str, case: str, title: str, jobs, rounds: int = 5) -> list[dict]:
    """The jobs in turn, each in a process of its own."""
    found = []
    for number in range(rounds):
        for name in jobs:
            out = subprocess.run([sys.executable, __file__, "--job", name, case], capture_output=True, text=True,
                                 check=True)
            cold, warm, before, peak = map(float, out.stdout.split("RESULT")[1].split())
            found.append({"what": name, "round": number, "cold": cold, "warm": warm, "peak": peak - before})
    lines = []
    for what, group in pd.DataFrame(found).groupby("what", sort=False):
        lines.append({"part": part, "case": title, "what": what, "median": group["warm"].median(),
                      "least": group["warm"].min(), "most": group["warm"].max(), "cold": group["cold"].median(),
                      "peak_MB": group["peak"].median()})
    print(pd.DataFrame(lines).to_string(), flush=True)
    return lines


def bench_rows() -> list[dict]:
    """A million rows of one class."""
    return [line for n in (10_000, 50_000)
            for line in bench_jobs("rows", str(n), f"1,000,000 x 30 from {n:,}", JOBS)]


def bench_classes() -> list[dict]:
    """A million rows in ten classes."""
    return bench_jobs("classes", "classes", "1,000,000 x 30, ten classes", JOBS[:2])


PARTS = {"update": bench_update, "fit": bench_fit, "folds": bench_folds, "rows": bench_rows, "classes": bench_classes}


def main(parts: list[str]) -> None:
    """Run the parts and write them into the table, in place of older lines of the same parts."""
    path = FOLDER / "speed.csv"
    old = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["part"])
    for part in parts or PARTS:
        table = pd.DataFrame(PARTS[part]())
        print(table.to_string(), flush=True)
        old = pd.concat([old[old["part"] != part], table]).reset_index(drop=True)
        old.to_csv(path, index=False, float_format="%.6g")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job(*sys.argv[2:4])
    elif sys.argv[1:2] == ["--fit"]:
        fit_process(int(sys.argv[2]))
    else:
        main(sys.argv[1:])
