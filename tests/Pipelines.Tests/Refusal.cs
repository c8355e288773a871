namespace CogVideoX.Pipelines.Tests;

/// <summary>Asserts on requests that must be refused before anything runs.</summary>
internal static class Refusal
{
    /// <summary>The refusal of a request; its message names the property and is one line.</summary>
    public static RequestException Of(CogVideoXPipeline pipeline, GenerationRequest request, string property, GenerationFiles? files = null)
    {
        var refusal = Assert.Throws<RequestException>(() => pipeline.Plan(request, files));
        Assert.Equal(property, refusal.Property);
        Assert.StartsWith(property + ": ", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
