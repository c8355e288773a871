using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>The text encoder and the VAE may compute in types of their own, beside a transformer in another.</summary>
public sealed class PartTypeTests(ITestOutputHelper output)
{
    private static readonly GenerationRequest Least = TestModels.Quick with { Steps = 1, Frames = 1, Width = 32, Height = 32 };

    // From latents that are the same, so that the VAE alone makes the difference.
    [Theory]
    [InlineData(EachDevice.Reference)]
    [InlineData(EachDevice.Emulator)]
    public void AVaeInFp32IsNearerBesideATransformerInBf16(string device)
    {
        using var folder = new TemporaryFolder();
        string latents = folder.File("latents.safetensors");
        using (var cpu = CogVideoXPipeline.Open(TestModels.Tiny2b))
            cpu.Generate(Least, new GenerationFiles { SaveLatents = latents }, cancellation: TestContext.Current.CancellationToken);
        VideoFrames expected = Decoded(new ComputeOptions());
        var bf16 = new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Bf16 };
        double narrow = Distance(Decoded(bf16)), wide = Distance(Decoded(bf16 with { VaeDtype = ComputeType.Fp32 }));
        output.WriteLine($"{device}: {narrow:E2} in bf16, {wide:E2} in fp32");
        Assert.True(wide < narrow / 100 && wide < Agree.Pipeline, $"{narrow:E2} in bf16, {wide:E2} in fp32");

        VideoFrames Decoded(ComputeOptions compute)
        {
            using var decoder = VideoDecoder.Open(TestModels.Tiny2b, compute);
            return decoder.Decode(latents, cancellation: TestContext.Current.CancellationToken);
        }

        double Distance(VideoFrames frames) => Agree.RelativeError(frames.Data.Span, expected.Data.Span);
    }

    // What the transformer gets is rounded once, at the border.
    [Fact]
    public void ATextEncoderInFp32GivesEmbeddingsThatAreRoundedOnce()
    {
        float[] expected = Embedded(new ComputeOptions());
        var bf16 = new ComputeOptions { Device = EachDevice.Source(EachDevice.Reference), Compute = ComputeType.Bf16 };
        float[] wide = Embedded(bf16 with { TextEncoderDtype = ComputeType.Fp32 }), narrow = Embedded(bf16);
        double rounded = Agree.RelativeError(wide, expected), computed = Agree.RelativeError(narrow, expected);
        output.WriteLine($"{computed:E2} in bf16, {rounded:E2} in fp32");
        Assert.InRange(rounded, 0, Math.ScaleB(1, -8)); // half a unit of bf16's 8 bits
        Assert.True(rounded < computed / 1.5, $"{computed:E2} in bf16, {rounded:E2} in fp32");

        static float[] Embedded(ComputeOptions compute)
        {
            using var folder = new TemporaryFolder();
            var files = new GenerationFiles { SaveEmbeds = folder.File("text.safetensors") };
            using (var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, compute))
                pipeline.Generate(Least, files, cancellation: TestContext.Current.CancellationToken);
            return TextEmbeddings.Load(files.SaveEmbeds).Prompt.ToArray();
        }
    }

    // A run holds what its plan says, and the activations of the VAE are twice as large.
    [Fact]
    public void ThePlanCountsThem()
    {
        var bf16 = new ComputeOptions { Device = EachDevice.Source(EachDevice.Reference), Compute = ComputeType.Bf16 };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, bf16 with { VaeDtype = ComputeType.Fp32 });
        using var plain = CogVideoXPipeline.Open(TestModels.Tiny2b, bf16);
        Assert.Equal((DType.BF16, DType.BF16, DType.F32), (pipeline.ActivationType, pipeline.TextEncoderType, pipeline.VaeType));
        var card = new DeviceSpec("card", "a card", 1 << 30, DType.BF16);
        (GenerationPlan wide, GenerationPlan narrow) = (pipeline.Plan(TestModels.Quick, card), plain.Plan(TestModels.Quick, card));
        Assert.Equal(narrow.Stages[1].ActivationBytes, wide.Stages[1].ActivationBytes);
        Assert.InRange(wide.Stages[2].ActivationBytes / (double)narrow.Stages[2].ActivationBytes, 1.6, 2.1);
    }

    [Fact]
    public void WhatTheDeviceCantDoIsRefusedByName()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, new ComputeOptions { VaeDtype = ComputeType.Bf16 });
        RequestException refusal = Assert.Throws<RequestException>(() => pipeline.Plan(Least));
        Assert.Equal(nameof(ComputeOptions.VaeDtype), refusal.Property);
        Assert.Contains("bf16 can't be: on a CPU all parts compute alike, here in fp32", refusal.Message, StringComparison.Ordinal);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b, new ComputeOptions { VaeDtype = ComputeType.Fp16 });
        var latents = new VideoLatents(new float[4 * 64], [1, 1, 4, 8, 8]);
        refusal = Assert.Throws<RequestException>(() => decoder.Decode(latents, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(nameof(ComputeOptions.VaeDtype), refusal.Property);
        refusal = Assert.Throws<RequestException>(
            () => CogVideoXPipeline.Open(TestModels.Tiny2b, new ComputeOptions { TextEncoderDtype = (ComputeType)7 }));
        Assert.Equal(nameof(ComputeOptions.TextEncoderDtype), refusal.Property);
    }
}
