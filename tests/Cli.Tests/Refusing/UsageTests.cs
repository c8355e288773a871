using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Refusing;

/// <summary>Wrong usage: exit code 2, one line that names the option and what would be right, and nothing written.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "--foo: there is no such option", ["--foo"] },
        { "--foo: there is no such option", ["--foo", "3"] },
        { "-x: there is no such option", ["-x"] },
        { "--width: 'abc' isn't a whole number", ["a", "--width", "abc"] },
        { "--width: '6.5' isn't a whole number", ["a", "--width", "6.5"] },
        { "--width: '99999999999' isn't a whole number", ["a", "--width", "99999999999"] },
        { "--width: '-o' isn't a whole number", ["a", "--width"] },
        { "--width: it is given more than once", ["a", "--width", "64", "--width", "64"] },
        { "--width: 70 isn't a multiple of 16, which this model needs; 64 and 80 are", ["a", "--width", "70"] },
        { "--height: 0 pixels", ["a", "--height", "0"] },
        { "--frames: 10 isn't 8·N + 1, which this model needs; 9 and 17", ["a", "--frames", "10"] },
        { "--steps: 0 steps", ["a", "--steps", "0"] },
        { "--seed: '-1' isn't a whole number from 0", ["a", "--seed", "-1"] },
        { "--guidance-scale: 'strong' isn't a number", ["a", "--guidance-scale", "strong"] },
        { "--guidance-scale: '6,5' isn't a number", ["a", "--guidance-scale", "6,5"] },
        { "--guidance-scale: NaN isn't a guidance scale", ["a", "--guidance-scale", "NaN"] },
        { "--guidance-scale: -1 isn't a guidance scale", ["a", "--guidance-scale", "-1"] },
        { "--fps: '0' is not a frame rate", ["a", "--fps", "0"] },
        { "--fps: 'fast' is not a frame rate", ["a", "--fps", "fast"] },
        { "--sampler: 'dpm2m' can't be; choose ddim, dpm, dpm++2m, dpm++2m-sde, euler", ["a", "--sampler", "dpm2m"] },
        { "--steps: 51 steps can't be taken with lcm; choose from 1 to 50", ["a", "--sampler", "lcm", "--steps", "51"] },
        { "--dtype: 'int8' can't be; choose", ["a", "--dtype", "int8"] },
        { "--device: 'cuda' is no device; choose auto|cpu|gpu", ["a", "--device", "cuda"] },
        { "--device: 'gpu:x' is no device", ["a", "--device", "gpu:x"] },
        { "--device: gpu:17 isn't there", ["a", "--device", "gpu:17"] },
        { "--compute: fp16 can't be: the CPU computes in fp32 and bf16 alone", ["a", "--compute", "fp16"] },
        { "--compute: 'fp8' can't be; choose", ["a", "--compute", "fp8"] },
        { "--dynamic-cfg: 'maybe' can't be; choose", ["a", "--dynamic-cfg", "maybe"] },
        { "--vae-tiling: 'maybe' can't be; choose", ["a", "--vae-tiling", "maybe"] },
        { "--cache: 'some' can't be; choose none, first-block:0.05 or pyramid:2,100,800.", ["a", "--cache", "some"] },
        { "--cache: 'pyramid:0,1,2' can't be: a skip of 0 isn't one; choose", ["a", "--cache", "pyramid:0,1,2"] },
        { "--threads: -1 threads", ["a", "--threads", "-1"] },
        { "--threads: 5000 threads", ["a", "--threads", "5000"] },
        { "--max-sequence-length: 0 tokens", ["a", "--max-sequence-length", "0"] },
        { "prompt: the prompt is empty", [] },
        { "prompt: the prompt is empty", ["  "] },
        { "prompt: character 2 is U+0007", ["a\a"] },
        { "--negative-prompt: character 1 is U+0000", ["a", "--negative-prompt", "\0"] },
        { "--model: /no/such/model doesn't exist", ["a", "--model", "/no/such/model"] },
        { "--prompt-file: /no/such/file doesn't exist", ["--prompt-file", "/no/such/file"] },
        { "--from: '/no/such/video.png'", ["--from", "/no/such/video.png"] },
        { "--init-latents: /no/such/file doesn't exist", ["a", "--init-latents", "/no/such/file"] },
        { "--save-latents: the folder /no/such doesn't exist", ["a", "--save-latents", "/no/such/file"] },
        { "--trace: the folder /no/such doesn't exist", ["a", "--trace", "/no/such/file"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task GenerateRefuses(string says, string[] args)
    {
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", .. args, "-o", folder.File("clip.png")], says);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("a verb is missing; there are generate, encode, decode")]
    [InlineData("'make' is no verb; there are generate, encode, decode", "make", "a video")]
    [InlineData("'--foo' is no verb", "--foo")]
    [InlineData("'generate' stands behind --, where it is no verb; leave -- out", "--", "generate", "a cat")]
    [InlineData("--json: 'maybe' isn't true or false", "doctor", "--json=maybe")]
    [InlineData("--foo: there is no such option", "tokenize", "--foo")]
    [InlineData("'generat' is no verb; did you mean generate? (cogvideox --help shows", "generat", "a cat")]
    [InlineData(
        "a verb of kernels is missing; there are list, show, verify, profile, launches, bench. (cogvideox kernels --help shows", "kernels")]
    [InlineData("a verb of ptx is missing; there are run, check. (cogvideox ptx --help shows", "ptx")]
    [InlineData("'frob' is no verb of kernels; there are list, show", "kernels", "frob")]
    [InlineData("'verfy' is no verb of kernels; did you mean verify?", "kernels", "verfy")]
    [InlineData("kernel: it is needed. (cogvideox kernels show --help shows", "kernels", "show")]
    [InlineData("--jsn: there is no such option; did you mean --json? (cogvideox kernels list --help shows", "kernels", "list", "--jsn")]
    [InlineData("--stepz: there is no such option; did you mean --steps?", "generate", "--stepz", "3")]
    [InlineData("--stepz: there is no such option; did you mean --steps?", "bench", "--stepz", "3")]
    [InlineData("prompt: it is several words to the shell; put it in quotes: \"a red circle\"", "generate", "a", "red", "circle")]
    [InlineData("put it in quotes: \"a red circle\"", "generate", "a", "red", "circle", "--steps", "3")]
    [InlineData("put it in quotes: 'a $5 bill'", "generate", "a", "$5", "bill")]
    [InlineData("'extra' is too much; doctor takes options alone", "doctor", "extra")]
    [InlineData("'b' is too much; inspect takes <model> and options", "inspect", "a", "b")]
    [InlineData("latents: it is needed", "decode", "-o", "a.png")]
    [InlineData("model: /no/such/model doesn't exist", "inspect", "/no/such/model")]
    [InlineData("--model: /no/such/model doesn't exist", "tokenize", "a", "--model", "/no/such/model")]
    [InlineData("--width: its value is missing", "inspect", "--width")]
    [InlineData("--output: it is needed", "decode", "latents.safetensors")]
    [InlineData("latents: /no/such/latents doesn't exist", "decode", "/no/such/latents", "-o", "a.png")]
    [InlineData("--fps: 'x' is not a frame rate", "decode", "/no/such/latents", "-o", "a.png", "--fps", "x")]
    public Task OtherVerbsRefuse(string says, params string[] args) => CliRun.Fails(ExitCode.WrongUsage, args, says);

    [Fact]
    public async Task PromptMayBeginWithAnAtSign()
    {
        CliRun run = await CliRun.Done("tokenize", "@home, a red circle", "@/etc/passwd");
        Assert.Equal(2, run.Lines.Length);
        await CliRun.Done("generate", "@home, a red circle", "--model", CliRun.Tiny, "--steps", "1", "-o", folder.File("clip.png"));
    }

    [Fact]
    public async Task EmptyNegativePromptIsNoneAndGuidanceOfOneIsOff()
    {
        string[] args = ["generate", "a cat", "--model", CliRun.Tiny, "--steps", "1", "-o", folder.File("clip.png"), "--overwrite"];
        await CliRun.Done([.. args, "--negative-prompt", ""]);
        await CliRun.Done([.. args, "--guidance-scale", "1"]);
        await CliRun.Done([.. args, "--negative-prompt", "", "--guidance-scale", "1"]);
        Assert.Contains("guidance 1, ", (await CliRun.Done("inspect", CliRun.Tiny, "--guidance-scale", "1")).Output);
    }

    [Fact]
    public async Task TextThatLooksLikeAnOptionIsTakenBehindTwoDashes()
    {
        CliRun run = await CliRun.Done("tokenize", "--", "--foo");
        Assert.Single(run.Lines);
        Assert.Equal(
            (await CliRun.Done("tokenize", "- a dash and words")).Lines, (await CliRun.Done("tokenize", "--", "- a dash and words")).Lines);
    }
}
