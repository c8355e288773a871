using System.Text.Json;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.CogVideoX;

/// <summary>The VAE in tiles and in chunks, both ways (goldens: <c>tasks/vae_tiles</c>, on <c>checkpoints/1.5/vae</c>).</summary>
public sealed class VaeTilesTests(ITestOutputHelper output)
{
    private const string Goldens = "tasks/vae_tiles.safetensors";

    // Sets whose tiles fall on whole latents: the library's results are right.
    public static TheoryData<string, string> Right => [
        .. from device in EachDevice.LongRuns
           from set in Sets().Where(set => set.IsRight)
           select new TheoryDataRow<string, string>((string)device[0], set.Key)];

    // Of these the library's results have another size than the picture, or it fails on a last tile of a few pixels.
    public static TheoryData<string, double, double> Wrong => new()
    {
        { "tile32x48.latent1x8x12", 34, 17 },
        { "tile40x32.latent2x6x11", 35, 18 },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void AgreesWithTheReference(string device, string key)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open(Goldens);
        CogVideoXVae vae = GoldenModels.Vae(ops, "1.5");
        TileSet set = Sets().Single(set => set.Key == key);
        Tensor decoded = vae.DecodeTiled(Latents(ops, goldens, $"{key}.z"), set.Rows, set.Columns);
        Agree.With(goldens[$"{key}.decoded_tiled"], ops.Permute(decoded, [0, 4, 1, 2, 3]), $"{key}, decoded in tiles");
        Tensor frames = Frames(ops, goldens, $"{key}.x_f16");
        Tensor encoded = vae.EncodeTiled(frames, set.Rows, set.Columns).Mean;
        Agree.With(goldens[$"{key}.encoded_mean_tiled"], ops.Permute(encoded, [0, 2, 1, 3, 4]), $"{key}, encoded in tiles");
        Agree.With(
            goldens[$"{key}.encoded_mean_untiled"], ops.Permute(vae.Encode(frames).Mean, [0, 2, 1, 3, 4]), $"{key}, encoded as a whole");
    }

    [Theory]
    [MemberData(nameof(EachDevice.LongRuns), MemberType = typeof(EachDevice))]
    public void EncodesInTilesOfSeveralChunks(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        Tensor mean = GoldenModels.Vae(ops, "5b").EncodeTiled(
            Frames(ops, goldens, "tiled.encode.x"), TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8)).Mean;
        Agree.With(goldens["tiled.encode.mean"], ops.Permute(mean, [0, 2, 1, 3, 4]), "tiled encode");
    }

    // Random weights make much of a tile's edges. dB of the whole's own range.
    [Theory]
    [MemberData(nameof(Wrong))]
    public void IsRightWhereTheReferencesTilesAreNot(string key, double leastDecoded, double leastEncoded)
    {
        using Ops ops = Ops.OnCpu(2);
        using SafetensorsFile goldens = Golden.Open(Goldens);
        CogVideoXVae vae = GoldenModels.Vae(ops, "1.5");
        TileSet set = Sets().Single(set => set.Key == key);
        Tensor latents = Latents(ops, goldens, $"{key}.z"), frames = Frames(ops, goldens, $"{key}.x_f16");
        Tensor decoded = vae.Decode(latents), encoded = vae.Encode(frames).Mean;
        if (goldens.TryGet($"{key}.decoded_untiled", out Tensor golden))
            Agree.With(golden, ops.Permute(decoded, [0, 4, 1, 2, 3]), $"{key}, decoded as a whole");
        Agree.With(goldens[$"{key}.encoded_mean_untiled"], ops.Permute(encoded, [0, 2, 1, 3, 4]), $"{key}, encoded as a whole");
        AreAlike(decoded, vae.DecodeTiled(latents, set.Rows, set.Columns), leastDecoded, "decoded");
        AreAlike(encoded, vae.EncodeTiled(frames, set.Rows, set.Columns).Mean, leastEncoded, "encoded");

        void AreAlike(Tensor whole, Tensor tiled, double least, string what)
        {
            Assert.Equal(whole.Shape, tiled.Shape);
            double psnr = Psnr(whole.ToFloats(), tiled.ToFloats());
            output.WriteLine($"{key}, {what} in tiles against as a whole: {psnr:F2} dB");
            Assert.True(psnr > least, $"{what}: {psnr:F2} dB");
        }
    }

    [Theory]
    [MemberData(nameof(EachDevice.LongRuns), MemberType = typeof(EachDevice))]
    public void EncodesAndDecodesAnyCountInChunks(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open(Goldens);
        using JsonDocument json = Read();
        JsonElement chunks = json.RootElement.GetProperty("chunks");
        CogVideoXVae vae = GoldenModels.Vae(ops, "1.5");
        foreach (JsonProperty entry in chunks.GetProperty("latents_of_frames").EnumerateObject())
        {
            Tensor mean = vae.Encode(Frames(ops, goldens, $"chunks.encode.{entry.Name}.x_f16")).Mean;
            Assert.Equal(entry.Value.GetInt32(), mean.Shape[1]);
            Agree.With(
                goldens[$"chunks.encode.{entry.Name}.mean"], ops.Permute(mean, [0, 2, 1, 3, 4]), $"encode of {entry.Name} frames");
        }
        foreach (JsonProperty entry in chunks.GetProperty("frames_of_latents").EnumerateObject())
        {
            if (!goldens.Names.Contains($"chunks.decode.{entry.Name}.z"))
                continue; // the largest aren't all kept
            Tensor frames = vae.Decode(Latents(ops, goldens, $"chunks.decode.{entry.Name}.z"));
            Assert.Equal(entry.Value.GetInt32(), frames.Shape[1]);
            Agree.With(
                goldens[$"chunks.decode.{entry.Name}.y"], ops.Permute(frames, [0, 4, 1, 2, 3]), $"decode of {entry.Name} latents");
        }
    }

    // A coder that looks at nothing beside a pixel has no seams: whatever the sizes, the tiles give what the whole gives.
    [Fact]
    public void TilesFallIntoPlaceAtAnySize()
    {
        var random = new Random(15);
        using Ops ops = Ops.OnCpu(1);
        for (int i = 0; i < 300; i++)
        {
            using MemoryScope scope = ops.Scope();
            int compression = 1 << random.Next(4);
            TileGrid rows = Grid(compression), columns = Grid(compression);
            int height = random.Next(1, 20), width = random.Next(1, 20);
            Tensor latents = Pattern(height, width), pixels = Enlarged(latents, compression);
            string what = $"{height}×{width} latents of {compression} pixels in tiles {rows} × {columns}";
            Tensor decoded = new VaeTiles(ops, rows.Decoding, columns.Decoding).Whole(latents, (t, _) => Enlarged(t, compression), null);
            Agree.With(pixels, decoded, $"{what}, decoded", 1e-6);
            Tensor encoded = new VaeTiles(ops, rows.Encoding, columns.Encoding).Whole(pixels, (t, _) => Shrunk(t, compression), null);
            Agree.With(latents, encoded, $"{what}, encoded", 1e-6);
        }

        TileGrid Grid(int compression)
        {
            int latents = random.Next(1, 9);
            return new TileGrid(latents, random.Next(latents), compression);
        }

        Tensor Pattern(int height, int width) => ops.FromHost(
            [.. Enumerable.Range(0, 2 * height * width).Select(_ => random.NextSingle() + 1)], [1, 2, height, width, 1]);

        Tensor Enlarged(Tensor x, int times) =>
            At(x, x.Shape[2] * times, x.Shape[3] * times, (row, column) => (row / times, column / times));

        Tensor Shrunk(Tensor x, int times) =>
            At(x, x.Shape[2] / times, x.Shape[3] / times, (row, column) => (row * times, column * times));

        Tensor At(Tensor x, int height, int width, Func<int, int, (int Row, int Column)> source)
        {
            float[] values = x.ToFloats();
            var result = new float[2 * height * width];
            for (int i = 0; i < result.Length; i++)
            {
                (int row, int column) = source(i / width % height, i % width);
                result[i] = values[(i / (height * width) * x.Shape[2] + row) * x.Shape[3] + column];
            }
            return ops.FromHost(result, [1, 2, height, width, 1]);
        }
    }

    // Its rule computes four numbers on their own, in pixels and in latents; the result is right where they fit together.
    [Fact]
    public void TilesAreTheReferencesWhereThoseAreRight()
    {
        int right = 0;
        foreach (double overlap in new[] { 1 / 6.0, 1 / 5.0, 1 / 4.0, 1 / 3.0, 1 / 8.0, 0.3, 0 })
        {
            for (int pixels = 8; pixels <= 1024; pixels++)
            {
                int latents = pixels / 8;
                var decoding = new TileCuts(
                    latents, (int)(latents * (1 - overlap)), (int)(pixels * overlap), pixels - (int)(pixels * overlap));
                var encoding = new TileCuts(
                    pixels, (int)(pixels * (1 - overlap)), (int)(latents * overlap), latents - (int)(latents * overlap));
                TileGrid ours = TileGrid.Of(pixels, overlap, 8);
                Assert.Equal((8 * ours.Step, ours.Step), (ours.Decoding.Kept, ours.Encoding.Kept));
                if (decoding.Kept != 8 * decoding.Step || encoding.Step != 8 * encoding.Kept || decoding.Step != encoding.Kept)
                    continue;
                Assert.Equal((decoding, encoding), (ours.Decoding, ours.Encoding));
                right++;
            }
        }
        Assert.InRange(right, 250, 300);
    }

    // The VAE itself, at sizes that no grid divides.
    [Fact]
    public void TilesAreAsLargeAsTheWhole()
    {
        var random = new Random(16);
        using Ops ops = Ops.Planning();
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        for (int i = 0; i < 100; i++)
        {
            using MemoryScope scope = ops.Scope();
            int height = random.Next(1, 40), width = random.Next(1, 40);
            TileGrid rows = TileGrid.Of(random.Next(8, 120), random.NextDouble(), 8), columns = TileGrid.Of(random.Next(8, 120), 0.2, 8);
            Tensor latents = ops.Empty([1, 3, 4, height, width]);
            Tensor frames = vae.DecodeTiled(latents, rows, columns);
            Assert.Equal([1, 9, 8 * height, 8 * width, 3], frames.Shape);
            (Tensor mean, Tensor logVariance) = vae.EncodeTiled(frames, rows, columns);
            Assert.Equal((latents.Shape, latents.Shape), (mean.Shape, logVariance.Shape));
        }
    }

    [Fact]
    public void APlanOfEncodingInTilesIsTheRun()
    {
        using Ops real = Ops.OnCpu(2, measure: true), plan = Ops.Planning();
        foreach (Ops ops in new[] { real, plan })
        {
            GoldenModels.Vae(ops, "5b").EncodeTiled(
                ops.FromHost(new float[17 * 88 * 72 * 3], [1, 17, 88, 72, 3]), TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8));
        }
        Assert.Equal(real.TakeOperationTimes().Sum(operation => operation.Flops), plan.PlannedFlops);
        Assert.Equal(1, (double)plan.Memory.PeakBytes / real.Memory.PeakBytes, 0.02);
    }

    [Fact]
    public void EncodingInTilesTellsEachBlockAndLeavesNothingBehind()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        Tensor frames = ops.FromHost(new float[9 * 72 * 88 * 3], [1, 9, 72, 88, 3]);
        var told = new List<(int Done, int Total)>();
        int before = ops.Memory.LiveCount;
        vae.EncodeTiled(frames, TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8), (done, total) => told.Add((done, total)));
        Assert.Equal(before + 2, ops.Memory.LiveCount);
        const int Total = 2 * 3 * (2 + 4); // rows and columns of tiles, residual blocks; 9 frames are one chunk
        Assert.Equal(Enumerable.Range(1, Total).Select(done => (done, Total)), told);
    }

    [Fact]
    public void TheNumberOfThreadsChangesNoBit()
    {
        float[][] results = [.. new[] { 1, 3 }.Select(threads =>
        {
            using Ops ops = Ops.OnCpu(threads);
            using SafetensorsFile goldens = Golden.Open(Goldens);
            return GoldenModels.Vae(ops, "1.5").EncodeTiled(
                Frames(ops, goldens, "tile40x32.latent1x7x9.x_f16"), new TileGrid(5, 1, 8), new TileGrid(4, 1, 8)).Mean.ToFloats();
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Theory]
    [InlineData(60, 64)]
    [InlineData(64, 85)]
    public void PixelsThatAreNoWholeLatentsAreRefusedInTiles(int height, int width)
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        Tensor frames = ops.FromHost(new float[height * width * 3], [1, 1, height, width, 3]);
        bool hasBegun = false;
        var error = Assert.Throws<TensorException>(
            () => vae.EncodeTiled(frames, new TileGrid(4, 1, 8), new TileGrid(4, 1, 8), (_, _) => hasBegun = true));
        Assert.Contains("multiples of 8", error.Message);
        Assert.False(hasBegun);
    }

    [Fact]
    public void FramesSmallerThanALatentAreRefused()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        var error = Assert.Throws<TensorException>(() => vae.Encode(ops.FromHost(new float[4 * 64 * 3], [1, 1, 4, 64, 3])));
        Assert.Contains("a latent is 8×8 pixels", error.Message);
    }

    [Fact]
    public void TilesOfAnotherCompressionAreRefused()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        var error = Assert.Throws<TensorException>(
            () => vae.DecodeTiled(ops.FromHost(new float[4 * 6 * 6], [1, 1, 4, 6, 6]), new TileGrid(4, 1, 8), new TileGrid(4, 1, 16)));
        Assert.Contains("8 pixels", error.Message);
    }

    [Fact]
    public void TilesThatLeaveNoStepAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(4, 4, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(0, 0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => TileGrid.Of(64, 1, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => TileGrid.Of(7, 0.5, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => TileGrid.Of(64, -0.1, 8));
    }

    private static double Psnr(float[] expected, float[] actual)
    {
        double range = expected.Max() - expected.Min(), squares = 0;
        for (int i = 0; i < expected.Length; i++)
            squares += Math.Pow((double)expected[i] - actual[i], 2);
        return 10 * Math.Log10(range * range * expected.Length / squares);
    }

    private static IEnumerable<TileSet> Sets()
    {
        using JsonDocument json = Read();
        return [.. json.RootElement.GetProperty("tiles").EnumerateArray().Select(set => new TileSet(
            set.GetProperty("key").GetString()!, Grid(set, "height"), Grid(set, "width"),
            set.GetProperty("decoded_tiled").GetProperty("relative_difference_from_untiled").ValueKind == JsonValueKind.Number))];

        static TileGrid Grid(JsonElement set, string side) => TileGrid.Of(
            set.GetProperty($"tile_sample_min_{side}").GetInt32(), set.GetProperty($"tile_overlap_factor_{side}").GetDouble(), 8);
    }

    private static JsonDocument Read() => JsonDocument.Parse(File.ReadAllBytes(Golden.Path("tasks/vae_tiles.json")));

    // the goldens' [B, C, F, H, W] → [B, F, C, H, W]
    private static Tensor Latents(Ops ops, SafetensorsFile goldens, string name) => ops.Permute(ops.Load(goldens, name), [0, 2, 1, 3, 4]);

    // the goldens' [B, C, F, H, W] → [B, F, H, W, C]
    private static Tensor Frames(Ops ops, SafetensorsFile goldens, string name) => ops.Permute(ops.Load(goldens, name), [0, 2, 3, 4, 1]);

    private sealed record TileSet(string Key, TileGrid Rows, TileGrid Columns, bool IsRight);
}
