using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// The JSON of settings that are no plain numbers, texts or flags, the same as on a command line and in a video's metadata:
/// <c>"sampler": "dpm"</c>, <c>"vaeTiling": "on"</c>, <c>"rate": "30000/1001"</c> (or <c>8</c>). Set by the types themselves.
/// </summary>
public sealed class SettingJson : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => ConverterOf(typeToConvert) is not null;

    /// <inheritdoc/>
    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => ConverterOf(typeToConvert);

    // By name: nothing is made by reflection, which programs that are compiled ahead of time don't have.
    private static JsonConverter? ConverterOf(Type type) => type switch
    {
        _ when type == typeof(SamplerKind) => new Converter<SamplerKind>(),
        _ when type == typeof(NoiseDtype) => new Converter<NoiseDtype>(),
        _ when type == typeof(TilingMode) => new Converter<TilingMode>(),
        _ when type == typeof(FrameRate) => new Converter<FrameRate>(),
        _ when type == typeof(StepCaching) => new Converter<StepCaching>(),
        _ => null,
    };

    private sealed class Converter<T> : JsonConverter<T> where T : notnull
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return (T)SettingValue.FromJson(typeof(T), NameOf(typeof(T)), JsonNode.Parse(ref reader));
            }
            catch (FormatException exception)
            {
                throw new JsonException(exception.Message, exception);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(SettingValue.ToText(value));

        // The setting of that type, in the words of metadata; there is one of each.
        private static string NameOf(Type type) => GenerationSettings.All.First(setting => setting.Type == type).Name;
    }
}
