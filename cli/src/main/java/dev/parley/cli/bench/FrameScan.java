package dev.parley.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Reads of a frame or a record only what the bench looks at, in one pass and without a tree: it shares the machine
/// with the servers that it measures. Reused for one frame after another by one thread.
final class FrameScan {

    private static final JsonFactory JSON = new JsonFactory();

    String type = "";
    String clientMessageId = "";
    long seq;
    String text = "";
    String ref = "";
    String code = "";
    boolean retryable;

    /// Takes each record of a `sync.batch`.
    interface RecordTaker {
        void record(long seq, String text);
    }

    /// Reads one frame into the fields of this object; the records of a batch go to the taker.
    void read(byte[] buffer, int offset, int length, RecordTaker batch) {
        type = "";
        clientMessageId = "";
        seq = 0;
        text = "";
        ref = "";
        code = "";
        retryable = false;
        try (JsonParser json = JSON.createParser(buffer, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a frame is an object");
            }
            readFields(json, batch);
        } catch (IOException e) {
            throw new UncheckedIOException("the server sent no frame: " + e.getMessage(), e);
        }
    }

    private void readFields(JsonParser json, RecordTaker batch) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "type" -> type = json.getText();
                case "clientMessageId" -> clientMessageId = json.getText();
                case "conversationSeq" -> seq = json.getLongValue();
                case "ref" -> ref = json.getText();
                case "code" -> code = json.getText();
                case "retryable" -> retryable = json.getBooleanValue();
                case "body" -> readBody(json);
                case "messages" -> readBatch(json, batch);
                default -> json.skipChildren();
            }
        }
    }

    private void readBody(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals("text")) {
                text = json.getText();
            } else {
                json.skipChildren();
            }
        }
    }

    private void readBatch(JsonParser json, RecordTaker batch) throws IOException {
        String frameType = type;
        while (json.nextToken() == JsonToken.START_OBJECT) {
            seq = 0;
            text = "";
            readFields(json, batch);
            batch.record(seq, text);
        }
        type = frameType;
    }
}
