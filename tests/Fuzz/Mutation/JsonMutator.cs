using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CogVideoX.Fuzz.Mutation;

/// <summary>Changes a JSON document where it stays one, but says something else; at times its bytes too.</summary>
internal static class JsonMutator
{
    private const int MostChanges = 3;
    private const string Mark = "\u0001";   // around values that are written as they are, even if they aren't JSON

    private static readonly JsonSerializerOptions Plain = new() { MaxDepth = 100 };

    public static byte[] Mutate(FuzzRandom random, JsonNode document)
    {
        JsonNode root = document.DeepClone();
        for (int changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
            Change(random, root);
        byte[] bytes = Encoding.UTF8.GetBytes(Unmark(root.ToJsonString(Plain)));
        return random.OneIn(6) ? ByteMutator.Mutate(random, bytes) : bytes;
    }

    private static void Change(FuzzRandom random, JsonNode root)
    {
        List<JsonNode> places = [];
        Collect(root, places);
        if (places.Count == 0)
            return;
        switch (random.Pick(places))
        {
            case JsonObject members: Change(random, members); break;
            case JsonArray items: Change(random, items); break;
        }
    }

    private static void Change(FuzzRandom random, JsonObject members)
    {
        if (members.Count == 0)
        {
            members["x"] = Value(random);
            return;
        }
        string name = members.ElementAt(random.Next(members.Count)).Key;
        switch (random.Next(8))
        {
            case 0: members.Remove(name); break;
            case 1: members[random.Pick(Hostile.Texts)] = members[name]?.DeepClone(); break;
            case 2: members[members.ElementAt(random.Next(members.Count)).Key] = members[name]?.DeepClone(); break;
            case 3: Rename(random, members, name); break;
            default: members[name] = Near(random, members[name]); break;
        }
    }

    private static void Rename(FuzzRandom random, JsonObject members, string name)
    {
        JsonNode? value = members[name]?.DeepClone();
        members.Remove(name);
        members[name.Length > 1 ? name.Remove(random.Next(name.Length), 1) : name + name] = value;
    }

    private static void Change(FuzzRandom random, JsonArray items)
    {
        if (items.Count == 0 || random.OneIn(4))
        {
            items.Add(Value(random));
            return;
        }
        int at = random.Next(items.Count);
        switch (random.Next(6))
        {
            case 0: items.RemoveAt(at); break;
            case 1: items.Insert(at, items[at]?.DeepClone()); break;
            case 2:
                while (items.Count < 200)
                    items.Add(items[at]?.DeepClone()); break;
            default: items[at] = Near(random, items[at]); break;
        }
    }

    // of the same kind as often as of another: what is only a little wrong gets further
    private static JsonNode? Near(FuzzRandom random, JsonNode? old) => old?.GetValueKind() switch
    {
        JsonValueKind.Number when !random.OneIn(3) => Raw(random.Pick(Hostile.Numbers)),
        JsonValueKind.String when !random.OneIn(3) => Raw(Text(random, (string)old!)),
        JsonValueKind.True => JsonValue.Create(false),
        JsonValueKind.False => JsonValue.Create(true),
        _ => Value(random),
    };

    private static JsonNode? Value(FuzzRandom random) => random.Next(3) switch
    {
        0 => Raw(random.Pick(Hostile.Numbers)),
        1 => Raw(Text(random, "x")),
        _ => Raw(random.Pick(Hostile.JsonValues)),
    };

    private static string Text(FuzzRandom random, string old) => Written(random.Next(4) switch
    {
        0 when old.Length > 1 => old.Remove(random.Next(old.Length), 1),
        1 => old + random.Pick(Hostile.Texts),
        _ => random.Pick(Hostile.Texts),
    });

    // lone surrogates are escaped by hand: the serializer would replace them
    private static string Written(string text) =>
        $"\"{string.Concat(text.Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c.ToString() : $"\\u{(int)c:x4}"))}\"";

    private static JsonValue Raw(string json) => JsonValue.Create(Mark + Convert.ToBase64String(Encoding.UTF8.GetBytes(json)) + Mark)!;

    private static string Unmark(string json)
    {
        const string Written = "\"\\u0001";
        var result = new StringBuilder(json.Length);
        int at = 0;
        for (int start; (start = json.IndexOf(Written, at, StringComparison.Ordinal)) >= 0;)
        {
            int from = start + Written.Length, to = json.IndexOf("\\u0001\"", from, StringComparison.Ordinal);
            result.Append(json, at, start - at)
                .Append(Encoding.UTF8.GetString(Convert.FromBase64String(json[from..to].Replace("\\u002B", "+"))));
            at = to + Written.Length;
        }
        return result.Append(json, at, json.Length - at).ToString();
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonObject members)
        {
            places.Add(members);
            foreach ((_, JsonNode? value) in members)
                Collect(value, places);
        }
        else if (node is JsonArray items)
        {
            places.Add(items);
            foreach (JsonNode? item in items)
                Collect(item, places);
        }
    }
}
