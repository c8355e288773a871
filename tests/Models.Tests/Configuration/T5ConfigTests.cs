using CogVideoX.Models.Configuration;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class T5ConfigTests
{
    private const string Config = "checkpoints/5b/text_encoder/config.json";

    [Fact]
    public void ReadsACheckpointsConfig()
    {
        T5Config config = T5Config.Read(Golden.Path(Config));
        Assert.Equal(
            (110, 24, 4, 8, 48, 3),
            (config.Vocabulary, config.Width, config.Heads, config.HeadDim, config.FeedForwardWidth, config.Layers));
        Assert.Equal(
            (32, 128, 1e-6, 0, 1), (config.RelativeBuckets, config.RelativeMaxDistance, config.NormEpsilon, config.PadId, config.EndId));
    }

    [Theory]
    [InlineData("num_heads", "0", "whole number")]
    [InlineData("num_layers", "-1", "whole number")]
    [InlineData("d_model", "0", "whole number")]
    [InlineData("d_kv", "1.5", "whole number")]
    [InlineData("d_ff", "1000000000", "from 1 to 262144")]
    [InlineData("vocab_size", "1", "whole number")]
    [InlineData("layer_norm_epsilon", "0", "number from")]
    [InlineData("relative_attention_num_buckets", "30", "a multiple of 4")]
    [InlineData("relative_attention_max_distance", "8", "more than a quarter")]
    [InlineData("pad_token_id", "110", "from 0 to 109")]
    [InlineData("eos_token_id", "-1", "from 0 to 109")]
    [InlineData("feed_forward_proj", "\"relu\"", "\"gated-gelu\"")]
    [InlineData("dense_act_fn", "\"relu\"", "\"gelu_new\"")]
    [InlineData("model_type", "\"bert\"", "\"t5\"")]
    public void AbsurdValuesAreRefused(string key, string value, string says) =>
        ConfigText.Refused(() => T5Config.Read(ConfigText.With(Config, key, value)), key, says);

    [Fact]
    public void TheFirstT5HasNoGatesAndIsRefused() =>
        ConfigText.Refused(() => T5Config.Read(ConfigText.Of("{}")), "feed_forward_proj", "is absent; it should be \"gated-gelu\"");
}
