namespace CogVideoX.Pipelines.Tests;

/// <summary>Asserts on requests that must be refused before anything runs.</summary>
internal static class Refusal
{
    /// <summary>The refusal of a request; its message names the option and is one line.</summary>
    public static RequestException Of(TextToVideo pipeline, GenerationRequest request, string option)
    {
        var refusal = Assert.Throws<RequestException>(() => pipeline.Plan(request));
        Assert.Equal(option, refusal.Option);
        Assert.StartsWith(option + ": ", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
