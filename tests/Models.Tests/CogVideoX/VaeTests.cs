using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.CogVideoX;

public sealed class VaeTests
{
    [Theory]
    [MemberData(nameof(EachDevice.LongRuns), MemberType = typeof(EachDevice))]
    public void DecodesAllCountsOfLatents(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        foreach (string count in new[] { "1", "2", "3", "4", "5", "6", "batch2" })
        {
            Agree.With(
                goldens[$"decode.{count}.y"], Planes(ops, vae.Decode(Latents(ops, goldens, $"decode.{count}.z"))), $"decode of {count}");
        }
    }

    [Fact]
    public void DecodesAndEncodesOnTheEmulator()
    {
        using Ops ops = EachDevice.Open(EachDevice.Emulator);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        Agree.With(
            goldens["decode.1.y"], Planes(ops, vae.Decode(Latents(ops, goldens, "decode.1.z"))), "decode of 1 on the emulator");
        (Tensor mean, _) = vae.Encode(ops.Permute(ops.Load(goldens, "encode.1.x"), [0, 2, 3, 4, 1]));
        Agree.With(goldens["encode.1.mean"], ops.Permute(mean, [0, 2, 1, 3, 4]), "mean of 1 on the emulator");
    }

    [Theory]
    [MemberData(nameof(EachDevice.LongRuns), MemberType = typeof(EachDevice))]
    public void AgreesAtEveryStageOfADecode(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        int compared = 0;
        vae.Observer = (stage, tensor) => Compare("decode.3.stage." + stage["chunk0.".Length..], tensor);
        vae.Decode(Latents(ops, goldens, "decode.3.z"));
        vae.Observer = (stage, tensor) => Compare("decode.5." + stage.Insert("chunk0.".Length, "stage."), tensor);
        vae.Decode(Latents(ops, goldens, "decode.5.z"));
        Assert.Equal(3 * 8, compared);

        void Compare(string name, Tensor tensor)
        {
            Agree.With(goldens[name], Planes(ops, tensor), name);
            compared++;
        }
    }

    [Theory]
    [MemberData(nameof(EachDevice.LongRuns), MemberType = typeof(EachDevice))]
    public void DecodesInTiles(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        Tensor tiled = vae.DecodeTiled(Latents(ops, goldens, "tiled.decode.z"), TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8));
        Agree.With(goldens["tiled.decode.y"], Planes(ops, tiled), "tiled decode");
    }

    [Theory]
    [MemberData(nameof(EachDevice.LongRuns), MemberType = typeof(EachDevice))]
    public void EncodesAllCountsOfFrames(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        foreach (int count in new[] { 1, 5, 8, 9, 13, 17 })
        {
            if (count == 9)
            {
                vae.Observer = (stage, tensor) => Agree.With(
                    goldens[$"encode.9.stage.{stage["chunk0.".Length..]}"], Planes(ops, tensor), $"encode of 9, {stage}");
            }
            Tensor frames = ops.Permute(ops.Load(goldens, $"encode.{count}.x"), [0, 2, 3, 4, 1]);
            (Tensor mean, Tensor logVariance) = vae.Encode(frames);
            vae.Observer = null;
            Agree.With(goldens[$"encode.{count}.mean"], ops.Permute(mean, [0, 2, 1, 3, 4]), $"mean of {count}");
            Agree.With(goldens[$"encode.{count}.logvar"], ops.Permute(logVariance, [0, 2, 1, 3, 4]), $"log variance of {count}");
        }
    }

    [Fact]
    public void LeavesNothingBehindButItsResult()
    {
        using Ops ops = Ops.OnCpu(1);
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        Tensor latents = ops.FromHost(new float[5 * 4 * 9 * 11], [1, 5, 4, 9, 11]);
        int before = ops.Memory.LiveCount;
        vae.Decode(latents);
        Assert.Equal(before + 1, ops.Memory.LiveCount);
        vae.DecodeTiled(latents, TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8));
        Assert.Equal(before + 2, ops.Memory.LiveCount);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void FramesHandedOutAreThoseOfTheWhole(int count)
    {
        using Ops ops = Ops.OnCpu(2);
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        float[] noise = [.. Enumerable.Range(0, count * 4 * 7 * 6).Select(i => MathF.Sin(i))];
        Tensor latents = ops.FromHost(noise, [1, count, 4, 7, 6]);
        var handedOut = new List<float>();
        vae.Decode(latents, chunk => handedOut.AddRange(chunk.ToFloats()));
        Assert.Equal(vae.Decode(latents).ToFloats(), handedOut);

        (TileGrid rows, TileGrid columns) = (TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8));
        Tensor tiled = vae.DecodeTiled(latents, rows, columns);
        var tops = new List<int>();
        vae.DecodeTiled(latents, rows, columns, (strip, top) =>
        {
            tops.Add(top);
            Assert.Equal(ops.Slice(tiled, 2, top, strip.Shape[2]).ToFloats(), strip.ToFloats());
        });
        Assert.Equal([0, 40], tops);
    }

    [Fact]
    public void EachDirectionReadsItsWeightsWhenItIsFirstUsed()
    {
        using Ops ops = Ops.Planning();
        var list = new WeightList(ops, DType.F32);
        var vae = new CogVideoXVae(new WeightReader(list), GoldenModels.Folder("5b").Vae);
        Assert.Empty(list.Shapes);
        vae.Decode(ops.Empty([1, 2, 4, 7, 6]));
        Assert.All(list.Shapes, entry => Assert.StartsWith("decoder.", entry.Key));
        vae.Build();
        Assert.Contains(list.Shapes, entry => entry.Key.StartsWith("encoder.", StringComparison.Ordinal));
    }

    // Two frames of its input for each 3×3×3 convolution, and nothing else, go from a chunk to the next; later chunks replace them.
    [Fact]
    public void AChunkHandsOnTwoFramesOfEachConvolutionsInput()
    {
        const int Frames = 2, Height = 9, Width = 11;
        using Ops ops = Ops.Planning();
        VaeConfig config = GoldenModels.Folder("5b").Vae;
        var list = new WeightList(ops, DType.F32);
        var decoder = new VaeDecoder(new WeightReader(list), config);
        long inputs = list.Shapes.Where(entry => entry.Value.Rank == 5 && entry.Value[2] == 3)
            .Sum(entry => entry.Value[1] * Pixels(entry.Key));

        using MemoryScope owner = ops.Scope();
        long before = ops.Memory.LiveBytes;
        var past = new FramesBefore(ops, owner);
        for (int chunk = 0; chunk < 3; chunk++)
        {
            past.ChunkFollows = chunk < 2;
            using (ops.Scope())
                decoder.Forward(ops.Empty([1, Frames, Height, Width, config.LatentChannels]), past, () => { });
            long kept = ops.Memory.LiveBytes - before, expected = 2 * inputs * sizeof(float);
            Assert.InRange(kept, expected, expected * 1.02); // blocks that are used again are a little larger
        }

        // Of the picture that a convolution sees: each up block before its own doubles height and width.
        long Pixels(string name)
        {
            int doublings = name.StartsWith("conv_out") ? config.BlockChannels.Count - 1
                : name.StartsWith("up_blocks.") ? int.Parse(name.Split('.')[1]) : 0;
            return (Height << doublings) * (Width << doublings);
        }
    }

    [Fact]
    public void CountsEveryBlockOfEveryTile()
    {
        using Ops ops = Ops.OnCpu();
        CogVideoXVae vae = GoldenModels.Vae(ops, "5b");
        var told = new List<(int Done, int Total)>();
        Tensor latents = ops.FromHost(new float[5 * 4 * 9 * 11], [1, 5, 4, 9, 11]);
        vae.DecodeTiled(latents, TileGrid.Of(48, 1 / 6.0, 8), TileGrid.Of(40, 1 / 5.0, 8), (done, total) => told.Add((done, total)));
        const int Total = 2 * 3 * 2 * (2 + 4 * 2); // rows and columns of tiles, chunks, residual blocks
        Assert.Equal(Enumerable.Range(1, Total).Select(done => (done, Total)), told);
    }

    [Fact]
    public void RefusesLatentsOfOtherChannels()
    {
        using Ops ops = Ops.OnCpu(1);
        var error = Assert.Throws<TensorException>(() => GoldenModels.Vae(ops, "5b").Decode(ops.Empty([1, 3, 16, 4, 6])));
        Assert.Contains("[B, F, 4, H, W]", error.Message);
    }

    // the goldens' [B, C, F, H, W] → [B, F, C, H, W]
    private static Tensor Latents(Ops ops, SafetensorsFile goldens, string name) => ops.Permute(ops.Load(goldens, name), [0, 2, 1, 3, 4]);

    // [B, F, H, W, C] → the goldens' [B, C, F, H, W]
    private static Tensor Planes(Ops ops, Tensor video) => ops.Permute(video, [0, 4, 1, 2, 3]);
}
