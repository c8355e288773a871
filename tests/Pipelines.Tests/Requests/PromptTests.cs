using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Prompts that aren't text are refused; what is too long is cut, and the user is told what.</summary>
public sealed class PromptTests : IDisposable
{
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads: 1);

    public void Dispose() => pipeline.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\r\n\u00A0\u3000")]
    public void EmptyPromptIsRefusedButNotAnEmptyNegativeOne(string text)
    {
        Assert.Contains("empty", Refusal.Of(pipeline, TestModels.Quick with { Prompt = text }, nameof(GenerationRequest.Prompt)).Message);
        Assert.Equal(text, pipeline.Plan(TestModels.Quick with { NegativePrompt = text }).Settings.NegativePrompt);
    }

    [Theory]
    [InlineData("a\0b", "character 2 is U+0000")]
    [InlineData("\u001B[31mred", "character 1 is U+001B")]
    [InlineData("red\u0085", "character 4 is U+0085")]
    public void WhatIsNotTextIsRefused(string text, string place)
    {
        Assert.Contains(place, Refusal.Of(pipeline, TestModels.Quick with { Prompt = text }, nameof(GenerationRequest.Prompt)).Message);
        Assert.Contains(
            place, Refusal.Of(pipeline, TestModels.Quick with { NegativePrompt = text }, nameof(GenerationRequest.NegativePrompt)).Message);
    }

    // No theory: attributes are kept as UTF-8, which has no half characters.
    [Fact]
    public void HalfCharactersAreRefused()
    {
        WhatIsNotTextIsRefused("a \uD83C cat", "character 3 is U+D83C");
        WhatIsNotTextIsRefused("a \uDFAC cat", "character 3 is U+DFAC");
        WhatIsNotTextIsRefused("cat\uD83C", "character 4 is U+D83C");
        WhatIsNotTextIsRefused("\uDFAC\uD83C", "character 1 is U+DFAC");
    }

    [Theory]
    [InlineData("two\nlines\tand a tab\r\n")]
    [InlineData("ein großer Kreis, 円, 🎬")]
    [InlineData("\uFFFD")]
    public void AnyTextIsTaken(string text) => Assert.Equal(text, pipeline.Plan(TestModels.Quick with { Prompt = text }).Settings.Prompt);

    [Fact]
    public void AbsurdlyLongPromptIsRefused()
    {
        string text = new('a', 100_001);
        Assert.Contains(
            "100001 characters", Refusal.Of(pipeline, TestModels.Quick with { Prompt = text }, nameof(GenerationRequest.Prompt)).Message);
        Assert.Contains(
            "100001 characters",
            Refusal.Of(pipeline, TestModels.Quick with { NegativePrompt = text }, nameof(GenerationRequest.NegativePrompt)).Message);
    }

    [Fact]
    public void CutPromptIsWarnedOfWithTheWordsThatAreLost()
    {
        string text = string.Concat(Enumerable.Repeat("a red circle moving left ", 4)) + "zebra";
        string warning = Assert.Single(pipeline.Plan(TestModels.Quick with { Prompt = text }).Warnings);
        Assert.Contains("The prompt is longer than 26 tokens", warning);
        Assert.Contains("zebra\"", warning);
        Assert.Empty(pipeline.Plan(TestModels.Quick).Warnings);
    }

    [Fact]
    public void OfAVeryLongPromptTheWarningShowsTheFirstWordsAndTheCount()
    {
        string text = string.Concat(Enumerable.Repeat("a red circle moving left ", 1000));
        string warning = Assert.Single(pipeline.Plan(TestModels.Quick with { Prompt = text }).Warnings);
        Assert.Matches("its last 2[0-9]{4} characters are cut off: \"[^\"]{80}…\"", warning);
        Assert.True(warning.Length < 200);
    }

    [Fact]
    public void CutNegativePromptIsWarnedOfOnlyWhereItIsUsed()
    {
        var request = TestModels.Quick with { NegativePrompt = string.Concat(Enumerable.Repeat("blurry and dark ", 20)) };
        Assert.Contains("The negative prompt is longer", Assert.Single(pipeline.Plan(request).Warnings));
        Assert.DoesNotContain("longer", Assert.Single(pipeline.Plan(request with { GuidanceScale = 1 }).Warnings));
    }

    [Fact]
    public void MoreFramesThanTheModelKnowsAreWarnedOf()
    {
        string warning = Assert.Single(pipeline.Plan(TestModels.Quick with { Frames = 17 }).Warnings);
        Assert.Contains("17 frames are more than the 9", warning);
    }

    [Theory]
    [InlineData(160, 64)]
    [InlineData(96, 96)]
    public void ALargerSizeThanTheModelKnowsIsWarnedOf(int width, int height)
    {
        string warning = Assert.Single(pipeline.Plan(TestModels.Quick with { Width = width, Height = height }).Warnings);
        Assert.Contains($"{width}×{height} is beyond the 96×64", warning);
    }

    [Fact]
    public void WordsThatASmallModelNeverSawAreNamed()
    {
        using var shapes = CogVideoXPipeline.Open(TestModels.Shapes, threads: 1);
        Assert.Contains("\"elephant\"", Assert.Single(shapes.Plan(new GenerationRequest("a red elephant")).Warnings));
        Assert.Empty(shapes.Plan(new GenerationRequest("a red circle moving left on a gray background")).Warnings);
    }

    [Fact]
    public void TokensThatAreUnknownAreCountedAndTheirWordsNamed() =>
        Assert.Matches(
            "^[0-9]+ of [0-9]+ tokens of the prompt are unknown to this model: \"大象\"",
            Assert.Single(pipeline.Plan(TestModels.Quick with { Prompt = "a red 大象" }).Warnings));

    [Fact]
    public void WhatHasNoEffectWithoutGuidanceIsSaid()
    {
        GenerationRequest request = TestModels.Quick with { GuidanceScale = 0.5, NegativePrompt = "blurry" };
        Assert.Equal(
            [
                "Guidance is off at a scale of 0.5, as at every scale up to 1.",
                "The negative prompt has no effect: guidance is off at a scale of 0.5.",
            ],
            pipeline.Plan(request).Warnings);
        Assert.Empty(pipeline.Plan(TestModels.Quick with { GuidanceScale = 1 }).Warnings);
    }

    [Fact]
    public void NoTextMakesThePlanFail()
    {
        Prop.ForAll<string>(text =>
        {
            if (text is null)
                return;
            try
            {
                pipeline.Plan(TestModels.Quick with { Prompt = text, NegativePrompt = text });
            }
            catch (RequestException exception)
            {
                Assert.Equal(nameof(GenerationRequest.Prompt), exception.Property);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ModelWithoutTokenizerIsNamed()
    {
        using var folder = new TemporaryFolder();
        string message = Assert.Throws<ModelException>(() => PromptTokenizer.Open(folder.Path)).Message;
        Assert.StartsWith(folder.File(Path.Combine("tokenizer", "spiece.model")) + " doesn't exist", message);
        Assert.Throws<ArgumentException>(() => PromptTokenizer.Open(""));
        Assert.Throws<ArgumentException>(() => PromptTokenizer.Open("a\0b"));
        Assert.Throws<ArgumentNullException>(() => PromptTokenizer.Open(null!));
    }

    // A checkpoint that newer programs saved: the ids of plain text are the same, and with them the video.
    [Fact]
    public void TokenizerJsonTakesThePlaceOfTheModel()
    {
        using var folder = new TemporaryFolder();
        string copy = folder.CopyOf(TestModels.Tiny5b);
        File.Delete(Path.Combine(copy, "tokenizer", "spiece.model"));
        string json = Path.Combine(copy, "tokenizer", "tokenizer.json");
        File.Copy(Golden.Path("tokenizer/json/tokenizer.json"), json);
        using (var pipeline = CogVideoXPipeline.Open(copy, threads: 1))
        {
            string message = Assert.Throws<ModelException>(() => pipeline.Plan(TestModels.Quick)).Message;
            Assert.StartsWith($"{json} has 210 ids with the added ones, the text encoder embeddings for 110 ('vocab_size').", message);
        }
        WriteWithoutExtraTokens(json);
        using var fitting = CogVideoXPipeline.Open(copy, threads: 1);
        Assert.NotEmpty(fitting.Plan(TestModels.Quick).Stages);
        foreach (string prompt in new[] { "a red circle", "½ ² ™ ℃ Ⅳ", "" })
            Assert.Equal(PromptTokenizer.Open(TestModels.Tiny5b).Encode(prompt), PromptTokenizer.Open(copy).Encode(prompt));
    }

    private static void WriteWithoutExtraTokens(string path)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (JsonArray list in new[] { json["added_tokens"]!.AsArray(), json["model"]!["vocab"]!.AsArray() })
        {
            foreach (JsonNode? extra in list.Where(item => item!.ToJsonString().Contains("extra_id")).ToArray())
                list.Remove(extra);
        }
        File.WriteAllText(path, json.ToJsonString());
    }

    [Fact]
    public void TokenizerOfThePipelineGivesTheGoldenIds()
    {
        var tokenizer = PromptTokenizer.Open(TestModels.Tiny2b);
        using var cases = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Golden.Path("tokenizer/cases.json"), Encoding.UTF8));
        foreach (var row in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = row.GetProperty("text").GetString()!;
            Assert.Equal(Ids("ids_eos"), tokenizer.Encode(text));
            Assert.Equal(Ids("padded_12"), tokenizer.Encode(text, 12));

            int[] Ids(string name) => [.. row.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
        }
    }
}
