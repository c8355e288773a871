using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Models.Configuration;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

/// <summary>Configs with a value changed.</summary>
internal static class ConfigText
{
    public static ConfigFile Of(string json) => ConfigFile.Parse("config.json", Encoding.UTF8.GetBytes(json));

    /// <summary>A config of the golden checkpoints in which <paramref name="key"/> has another value, as JSON.</summary>
    public static ConfigFile With(string config, string key, string value)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Golden.Path(config)))!.AsObject();
        json[key] = null;
        string text = json.ToJsonString().Replace($"\"{key}\":null", $"\"{key}\":{value}");
        return Of(text);
    }

    /// <summary>The message of a refusal, which has to name file and key.</summary>
    public static void Refused(Func<object> read, string key, string says)
    {
        string message = Assert.Throws<ConfigException>(read).Message;
        Assert.StartsWith("config.json: '" + key + "'", message);
        Assert.Contains(says, message);
    }
}
