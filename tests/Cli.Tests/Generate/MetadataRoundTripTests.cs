using System.CommandLine;
using System.Text;
using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Whatever a video was made with, <c>--from</c> reads as the same request.</summary>
public sealed class MetadataRoundTripTests
{
    [Fact]
    public void EveryRequestComesBack()
    {
        using var folder = new TemporaryFolder();
        Gen<string> text = ArbMap.Default.GeneratorFor<UnicodeString>().Select(text => text.Get ?? "")
            .Where(text => text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar)); // no half characters: such prompts are refused
        var generator = from prompt in text
                        from seed in ArbMap.Default.GeneratorFor<ulong>()
                        from scale in ArbMap.Default.GeneratorFor<NormalFloat>()
                        from whole in Gen.Choose(1, 60000)
                        from parts in Gen.Choose(1, 60000)
                        from sampler in Gen.Elements(Enum.GetValues<SamplerKind>())
                        from dtype in Gen.Elements(NoiseDtype.Fp32, NoiseDtype.Bf16, NoiseDtype.Fp16)
                        from flag in ArbMap.Default.GeneratorFor<bool>()
                        select new GenerationSettings
                        {
                            Prompt = prompt,
                            NegativePrompt = flag ? prompt : "",
                            Seed = seed,
                            Width = whole,
                            Height = parts,
                            Frames = whole + 1,
                            Rate = new FrameRate(whole, parts),
                            Steps = parts + 1,
                            GuidanceScale = scale.Get,
                            DynamicGuidance = flag,
                            Sampler = sampler,
                            Dtype = dtype,
                            MaxSequenceLength = whole + 2,
                            VaeTiling = flag ? TilingMode.On : TilingMode.Off,
                            Strength = flag ? scale.Get : null,
                            Fit = flag ? ImageFit.Pad : null,
                            BatchSize = flag ? parts : null,
                            BatchRow = flag ? whole : null,
                            Cache = flag ? StepCaching.Pyramid(2 + whole % 900, 0.5, 700) : StepCaching.None,
                        };
        Prop.ForAll(generator.ToArbitrary(), settings => RoundTrip(folder.File("clip.png"), settings)).QuickCheckThrowOnFailure();
    }

    // A file that is there, as that of latents.
    private static void RoundTrip(string file, GenerationSettings settings)
    {
        GenerationMetadata metadata = settings.ToMetadata("shapes", new RunInputs { InitLatents = file });
        var video = new VideoFrames(new float[3], 1, 1, 1);
        video.Save(file, new FrameRate(8), metadata, overwrite: true, TestContext.Current.CancellationToken);
        var options = new GenerateOptions();
        ParseResult parsed = options.ToCommand("generate", "").Parse(["--from", file]);
        RequestReader asked = RequestReader.Read(parsed, options);
        Assert.Equal((BundledModel.Path, file), (asked.Model, asked.Inputs.InitLatents));
        Assert.Equal(settings, asked.Settings);
    }
}
